import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { EmulatorOptions } from "./server.ts";

const USAGE =
  "node main.ts --port N --certificate FILE --private-key FILE --hsms a,b --tenant ID [--hsm-ports N,N] [--ca FILE] [--upload-seconds S] [--journal FILE]";

const LARGEST_PORT = 65_535;
// setTimeout waits 2^31 - 1 ms at most.
const LONGEST_JOB_SECONDS = 604_800;

/**
 * The options on the command line.
 * @throws TypeError in one sentence about a missing or wrong option, or a file that can't be read
 */
export async function readOptions(args: readonly string[]): Promise<EmulatorOptions> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      certificate: { type: "string" },
      "private-key": { type: "string" },
      hsms: { type: "string" },
      "hsm-ports": { type: "string" },
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
    ...(values["hsm-ports"] === undefined
      ? {}
      : { hsmPorts: values["hsm-ports"].split(",").map((port) => readNumber("hsm-ports", port, LARGEST_PORT)) }),
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
