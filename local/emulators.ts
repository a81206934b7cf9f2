import { fileURLToPath } from "node:url";
import { EMULATORS_USAGE, type EmulatorsArguments, parseEmulatorsArguments } from "./arguments.ts";
import { printJson, runCommand } from "./command.ts";
import { writeLocalSettings } from "./local-settings.ts";
import { describeEmulators } from "./show-emulators.ts";
import { unlessEnded, untilAborted, untilStopped } from "./until-stopped.ts";
import { startWorld } from "./world.ts";

const LOCAL_SETTINGS = fileURLToPath(new URL("../local.settings.json", import.meta.url));
const STOPPED_IN_ORDER = 0;

/** `npm run emulators`: storage, Managed HSM emulator and identity endpoint, until it is stopped. @returns the exit code. */
export const main = (given: readonly string[]): Promise<number> =>
  runCommand(parseEmulatorsArguments(given), EMULATORS_USAGE, (wanted) =>
    untilStopped((signal) => serve(wanted, signal), STOPPED_IN_ORDER, console.error),
  );

async function serve(
  { hsms, json, settingsFile = LOCAL_SETTINGS }: EmulatorsArguments,
  signal: AbortSignal,
): Promise<number> {
  const print = json ? console.error : console.log;
  print("Starting storage, the Managed HSM emulator and the identity endpoint ...");
  const world = await startWorld({ hsms, environment: process.env }, signal);
  try {
    await writeLocalSettings(settingsFile, world.settings);
    for (const line of describeEmulators(world, settingsFile)) print(line);
    if (json) await printJson(world.settings);
    return await unlessEnded(untilAborted(signal), [world.broken]);
  } finally {
    await world.stop();
  }
}
