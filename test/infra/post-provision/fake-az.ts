import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** What the fake `az` answers where the arguments hold `on`: JSON on stdout, or words on stderr and exit code 1. */
export type Answer = { readonly on: string; readonly stdout?: unknown; readonly stderr?: string };

/** A program named `az` in a folder of its own. */
export type FakeAz = {
  readonly path: string;
  readonly answers: (answers: readonly Answer[]) => Promise<void>;
  /** Every call so far, its arguments with spaces between them. */
  readonly calls: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
};

const PROGRAM = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const said = process.argv.slice(2).join(" ");
appendFileSync(__dirname + "/calls", said + "\\n");
const answer = JSON.parse(readFileSync(__dirname + "/answers.json", "utf8")).find(({ on }) => said.includes(on));
if (answer?.stderr !== undefined || answer === undefined) {
  console.error(answer?.stderr ?? "no such call");
  process.exitCode = 1;
} else if (answer.stdout !== undefined) console.log(JSON.stringify(answer.stdout));
`;

/** Makes it. Put `path` first on PATH, and it is the `az` that is found. */
export async function fakeAz(): Promise<FakeAz> {
  const folder = await mkdtemp(join(tmpdir(), "fake-az-"));
  await writeFile(join(folder, "az"), PROGRAM);
  await chmod(join(folder, "az"), 0o755);
  const calls = join(folder, "calls");
  await writeFile(calls, "");
  return {
    path: `${folder}${delimiter}${process.env.PATH}`,
    answers: (answers) => writeFile(join(folder, "answers.json"), JSON.stringify(answers)),
    calls: async () => (await readFile(calls, "utf8")).split("\n").filter((line) => line !== ""),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
