import { parseArgs } from "node:util";

/** A Managed HSM's name: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const HSM_NAME = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){2,23}$/;
const DEFAULT_HSMS = "contoso";
const HIGHEST_PORT = 65_535;

const FLAG = { type: "boolean" } as const;
const VALUE = { type: "string" } as const;
const START_OPTIONS = { once: FLAG, json: FLAG, port: VALUE, verbose: FLAG, help: FLAG } as const;
const EMULATORS_OPTIONS = { hsms: VALUE, "settings-file": VALUE, json: FLAG, help: FLAG } as const;

export const START_USAGE = `npm start [-- options]
  --once      end after one backup; exit code 0 only when it succeeded
  --json      print the final record as the last line of stdout, everything else on stderr
  --port N    port of the local Functions host (default: 7071, or any free one)
  --verbose   show every log line`;

export const EMULATORS_USAGE = `npm run emulators [-- options]
  --hsms A,B  names of the emulated Managed HSMs (default: ${DEFAULT_HSMS})
  --settings-file FILE
              where to write the settings for Core Tools (default: local.settings.json beside package.json)
  --json      print the settings as one line of JSON on stdout, everything else on stderr`;

export type StartArguments = {
  readonly once: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
  /** Absent: the default port, or any free one if that is taken. */
  readonly port?: number;
};

export type EmulatorsArguments = {
  readonly hsms: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
  /** Absent: `local.settings.json` in the project's top folder. */
  readonly settingsFile?: string;
};

/** What was asked for, or one sentence about what can't be understood. */
export type Parsed<Arguments> = Arguments | { readonly problem: string };

/** The options of `npm start`. */
export function parseStartArguments(given: readonly string[]): Parsed<StartArguments> {
  const found = readOptions(given, START_OPTIONS);
  if ("problem" in found) return found;
  const flags = {
    once: found.has("once"),
    json: found.has("json"),
    verbose: found.has("verbose"),
    help: found.has("help"),
  };
  const port = found.get("port");
  if (port === undefined) return flags;
  if (!/^\d+$/.test(port) || Number(port) > HIGHEST_PORT) {
    return { problem: `--port takes a number from 0 (any free one) to ${HIGHEST_PORT}, not "${port}".` };
  }
  return { ...flags, port: Number(port) };
}

/** The options of `npm run emulators`. */
export function parseEmulatorsArguments(given: readonly string[]): Parsed<EmulatorsArguments> {
  const found = readOptions(given, EMULATORS_OPTIONS);
  if ("problem" in found) return found;
  const hsms = (found.get("hsms") ?? DEFAULT_HSMS).split(",").map((name) => name.trim());
  const wrong = hsms.find((name, index) => !HSM_NAME.test(name) || hsms.indexOf(name) !== index);
  if (wrong !== undefined) {
    return {
      problem: `--hsms takes different names, separated by commas, each of 3 to 24 small letters, digits and single hyphens beginning with a letter; "${wrong}" is not one.`,
    };
  }
  const settingsFile = found.get("settings-file");
  const flags = { json: found.has("json"), help: found.has("help") };
  return { hsms, ...flags, ...(settingsFile !== undefined && { settingsFile }) };
}

type OptionTypes = Readonly<Record<string, { readonly type: "boolean" | "string" }>>;
type Found = ReadonlyMap<string, string> | { readonly problem: string };

function readOptions(given: readonly string[], options: OptionTypes): Found {
  // Not strict: the sentences about what is wrong are then ours.
  const { tokens } = parseArgs({ args: [...given], options, strict: false, allowPositionals: true, tokens: true });
  const found = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === "positional") return { problem: `"${token.value}" is not an option; --help lists them.` };
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) return { problem: `There is no option ${token.rawName}; --help lists them.` };
    const isFlag = option.type === "boolean";
    if (isFlag && token.value !== undefined) return { problem: `${token.rawName} takes no value.` };
    if (!isFlag && (token.value === undefined || token.value === ""))
      return { problem: `${token.rawName} needs a value.` };
    found.set(token.name, token.value ?? "");
  }
  return found;
}
