import { randomBytes, randomUUID } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type App, getRun, startBackup } from "./app-client.ts";
import { parseStartArguments, START_USAGE, type StartArguments } from "./arguments.ts";
import { BUILT_APP, buildApp } from "./build-app.ts";
import { printJson, runCommand } from "./command.ts";
import { createParts, type Parts } from "./parts.ts";
import { isPortFree } from "./port.ts";
import { type Listening, startFunctionsHost } from "./programs.ts";
import { parseRun } from "./run-view.ts";
import { createScreen, type Screen } from "./screen.ts";
import { describeLogLine } from "./show-log-line.ts";
import { describeEnd, describeNext, describeProgress, pageAddress } from "./show-run.ts";
import { INTERRUPTED, unlessEnded, untilAborted, untilStopped } from "./until-stopped.ts";
import { watchRun } from "./watch-run.ts";
import { startWorld, type World } from "./world.ts";
import { proxyBypass, worldEnvironment } from "./world-environment.ts";
import { createCounter } from "./written-blobs.ts";

const HSM = "contoso";
// Where Core Tools listens, too.
const USUAL_PORT = 7071;
const KEY_BYTES = 24;
const SUCCEEDED = 0;
const NOT_SUCCEEDED = 1;
const STOPPED_IN_ORDER = 0;

/** `npm start`: builds the app, runs it in a local world, backs up one HSM, and serves. @returns the exit code. */
export const main = (given: readonly string[]): Promise<number> =>
  runCommand(parseStartArguments(given), START_USAGE, (wanted) =>
    untilStopped((signal) => run(wanted, signal), wanted.once ? INTERRUPTED : STOPPED_IN_ORDER, console.error),
  );

async function run(wanted: StartArguments, signal: AbortSignal): Promise<number> {
  const screen = createScreen(wanted.json ? process.stderr : process.stdout);
  const parts = createParts(signal);
  try {
    screen.line("Building the app, and starting storage, the Managed HSM emulator and the identity endpoint ...");
    const [world] = await Promise.all([
      parts.start((starting) => startWorld({ hsms: [HSM], environment: process.env }, starting)),
      buildApp(signal),
    ]);
    screen.line(
      `The Managed HSM ${world.settings.BACKUP_HSM_URLS} and the storage ${world.settings.BACKUP_STORAGE_URL} are up.`,
    );
    const key = randomBytes(KEY_BYTES).toString("base64url");
    const host = await startHost(wanted, world, key, screen, parts);
    screen.line(`The app runs at ${host.url}.`);
    if (!wanted.once) screen.line(`Its status page: ${pageAddress(host.url, key)}`);

    const ends = [world.broken, host.ended];
    const state = await unlessEnded(backUp({ url: host.url, key }, wanted, world, screen, signal), ends);
    if (wanted.once) return state === "Succeeded" ? SUCCEEDED : NOT_SUCCEEDED;
    for (const line of describeNext(host.url, key, HSM)) screen.line(line);
    return await unlessEnded(untilAborted(signal), ends);
  } finally {
    screen.status("", "");
    await parts.stop();
  }
}

async function startHost(
  wanted: StartArguments,
  world: World,
  key: string,
  screen: Screen,
  parts: Parts,
): Promise<Listening> {
  const port = wanted.port ?? ((await isPortFree(USUAL_PORT)) ? USUAL_PORT : 0);
  const environment = { ...worldEnvironment(process.env), ...world.settings, LOCAL_FUNCTION_KEY: key };
  const onLogLine = (line: string): void => {
    const text = describeLogLine(line) ?? (wanted.verbose ? line : undefined);
    if (text !== undefined) screen.line(text);
  };
  return parts.start((starting) => startFunctionsHost({ app: BUILT_APP, port, environment, onLogLine }, starting));
}

/** Backs up the HSM and shows how it goes. @returns the state in which the run ended. */
async function backUp(
  app: App,
  { json }: StartArguments,
  world: World,
  screen: Screen,
  signal: AbortSignal,
): Promise<string> {
  // For the listing of the blobs: this process was started before the certificate was made.
  setDefaultCACertificates([...getCACertificates("default"), world.certificate.pem]);
  Object.assign(process.env, proxyBypass(process.env));
  const count = createCounter(world.settings.BACKUP_STORAGE_URL, world.tenantId, randomUUID());

  screen.line(`POST ${app.url}/api/backups {"hsm":"${HSM}"}`);
  const { id } = parseRun(await startBackup(app, HSM, signal));
  screen.line(`${HSM}: backup ${id} is accepted`);
  let record: unknown;
  const look = async () => {
    record = await getRun(app, HSM, id, signal);
    return parseRun(record);
  };
  const ended = await watchRun(
    look,
    count,
    (progress) => screen.status(describeProgress(progress), `${progress.run.state} ${progress.written.blobs}`),
    signal,
  );
  screen.status("", "");
  for (const line of describeEnd(ended)) screen.line(line);
  if (json) await printJson(record);
  return ended.state;
}
