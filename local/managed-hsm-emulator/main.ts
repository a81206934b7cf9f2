/** The emulator as a program of its own; README.md tells how it is used. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type EmulatorOptions, startEmulator } from "./server.ts";

const USAGE =
  "node main.ts --port N --certificate FILE --private-key FILE --hsms a,b --tenant ID [--ca FILE] [--upload-seconds S] [--journal FILE]";

const LARGEST_PORT = 65_535;
// A timer can't wait much longer.
const LONGEST_JOB_SECONDS = 604_800;

async function readOptions(): Promise<EmulatorOptions> {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      certificate: { type: "string" },
      "private-key": { type: "string" },
      hsms: { type: "string" },
      tenant: { type: "string" },
      ca: { type: "string" },
      "upload-seconds": { type: "string" },
      journal: { type: "string" },
    },
  });
  const seconds = values["upload-seconds"];
  return {
    port: readNumber("port", needed("port", values.port), LARGEST_PORT),
    certificate: await readPem("certificate", needed("certificate", values.certificate)),
    privateKey: await readPem("private-key", needed("private-key", values["private-key"])),
    hsms: needed("hsms", values.hsms).split(","),
    tenantId: needed("tenant", values.tenant),
    ...(values.ca === undefined ? {} : { allowedCaCertificate: await readPem("ca", values.ca) }),
    ...(values.journal === undefined ? {} : { journalFile: values.journal }),
    ...(seconds === undefined ? {} : { uploadSeconds: readNumber("upload-seconds", seconds, LONGEST_JOB_SECONDS) }),
  };
}

function needed(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new TypeError(`--${name} is missing. Usage: ${USAGE}`);
  return value;
}

function readNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= max))
    throw new TypeError(`--${name}: expected a number from 0 to ${max}.`);
  return value;
}

async function readPem(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new TypeError(`--${name}: the file ${file} can't be read.`, { cause });
  }
}

try {
  const emulator = await startEmulator(await readOptions());
  const end = (): void => void emulator.close().then(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  console.log(JSON.stringify({ url: emulator.url }));
} catch (error) {
  const reason = (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
  console.error(`The Managed HSM emulator can't start: ${reason}`);
  process.exitCode = 1;
}
