import type { Connection } from "../client.ts";
import { plainText } from "../words.ts";
import { columnsOf, hasColours, type Shell } from "./shell.ts";
import type { Look } from "./show/table.ts";

/** What every command gets. */
export type Context = {
  readonly shell: Shell;
  readonly connection: Connection;
  readonly look: Look;
  /** Data, on standard output: the lines, or with `--json` the answer as one document. */
  readonly print: (answer: unknown, lines: readonly string[]) => void;
  /** A message, on standard error. */
  readonly note: (sentence: string) => void;
};

export function contextOf(shell: Shell, connection: Connection, isJson: boolean): Context {
  const { stdout, env } = shell;
  return {
    shell,
    connection,
    look: { colours: hasColours(stdout, env), columns: stdout.isTTY === true ? columnsOf(stdout) : undefined },
    print: (answer, lines) => stdout.write(isJson ? `${jsonOf(answer)}\n` : lines.map((line) => `${line}\n`).join("")),
    note: (sentence) => noteOn(shell, sentence),
  };
}

const LONGEST_NOTE = 1_000;
export const noteOn = ({ stderr }: Shell, sentence: string): void => {
  stderr.write(`${plainText(sentence, LONGEST_NOTE)}\n`);
};

/** In ASCII only: a text from the app can't steer a terminal. */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(
    /[^\n\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
