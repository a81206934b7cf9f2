/** The emulator as a program; README.md describes its use. */
import { readOptions } from "./options.ts";
import { startEmulator } from "./server.ts";

try {
  const emulator = await startEmulator(await readOptions(process.argv.slice(2)));
  const end = (): void => void emulator.close().then(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  console.log(JSON.stringify({ url: emulator.url, hsms: emulator.hsms }));
} catch (error) {
  const reason = (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
  console.error(`The Managed HSM emulator can't start: ${reason}`);
  process.exitCode = 1;
}
