import type { Parsed } from "./arguments.ts";

const NOT_UNDERSTOOD = 2;
const DONE = 0;

/** Runs a command with what `parse` made of its options, or prints its usage or what is wrong with the options. */
export async function runCommand<Arguments extends { readonly help: boolean }>(
  parsed: Parsed<Arguments>,
  usage: string,
  run: (wanted: Arguments) => Promise<number>,
): Promise<number> {
  if ("problem" in parsed) {
    console.error(parsed.problem);
    return NOT_UNDERSTOOD;
  }
  if (parsed.help) {
    console.log(usage);
    return DONE;
  }
  return run(parsed);
}

/** Writes one value as the last line of stdout, and resolves once it is out. */
export const printJson = (value: unknown): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(value)}\n`, () => resolve());
  });
