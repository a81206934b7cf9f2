import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../desk/cli/run-cli.ts";
import type { FakeApp } from "../desk/fake-app.ts";
import { startSampleApp } from "./sample-app.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8");
const GLOBAL = ["--url", "--key-file", "--json"];

const found = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].flatMap(([, group]) => group ?? []);
const partOf = (heading: string): string => PAGE.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
const rowsOf = (heading: string): readonly (readonly string[])[] =>
  found(partOf(heading), /^\| (.+) \|$/gm)
    .filter((row) => !row.startsWith("---"))
    .slice(1)
    .map((row) => row.split("|").map((cell) => cell.trim()));

async function helpOf(...command: readonly string[]): Promise<string> {
  return (await runCli([...command, "--help"])).stdout;
}
const optionsIn = (help: string): readonly string[] =>
  found(help, /^ {2}(?:-\w, )?(--[\w-]+)/gm).filter((option) => !["--help", "--version"].includes(option));

describe("docs/cli.md and --help", () => {
  test("name the same commands, with the same arguments and options", async () => {
    const help = await helpOf();
    const commands = found(help.split("Commands:")[1]?.split("\n\n")[0] ?? "", /^ {2}([a-z-]+)/gm);
    const described = rowsOf("Commands").map(([command = "", options = ""]) => ({
      usage: command.replaceAll("`", ""),
      options: found(options, /`(--[\w-]+)`/g),
    }));
    const real = commands.map(async (name) => {
      const own = await helpOf(name);
      const usage = /^Usage: mhsm-backup (.+)$/m.exec(own)?.[1]?.replace(" [options]", "");
      return { usage, options: optionsIn(own) };
    });
    expect(described.length).toBeGreaterThan(5);
    expect(described).toEqual(await Promise.all(real));
    expect(optionsIn(help)).toEqual(GLOBAL);
  });

  test("name the same exit codes, with the same meanings", async () => {
    const listed = (await helpOf()).split("Exit codes:\n")[1]?.trim().split("\n");
    const real = listed?.map((line) => line.trim().split(/ {2,}/));
    expect(rowsOf("Exit codes")).toEqual(real);
    expect(real?.length).toBeGreaterThan(5);
  });

  test("name the same variables of the environment", async () => {
    const listed = (await helpOf()).split("Environment:\n")[1]?.split("\n\n")[0] ?? "";
    const described = rowsOf("Address and key").map(([variable = ""]) => variable.replaceAll("`", ""));
    expect(described).toEqual(found(listed, /^ {2}([A-Z_]+)/gm));
  });
});

describe("the examples in docs/cli.md", () => {
  let app: FakeApp;
  beforeAll(async () => {
    app = await startSampleApp();
  });
  afterAll(() => app?.close());

  const examples = found(PAGE, /```console\n\$ mhsm-backup ([\s\S]*?)```/g).map((example) => {
    const [command = "", ...expected] = example.split("\n");
    return { command, expected: expected.join("\n") };
  });

  test.each(examples)("are what the program prints: $command", async ({ command, expected }) => {
    const { seen } = await runCli(command.split(" "), { url: app.url });
    expect(seen).toBe(expected);
  });

  test("are several, and their tables fit into 80 columns", () => {
    expect(examples.length).toBeGreaterThan(3);
    const tables = examples
      .flatMap(({ expected }) => expected.split("\n\n"))
      .filter((part) => /^(HSM|SLOT) /m.test(part));
    expect(tables).toHaveLength(2);
    expect(tables.flatMap((each) => each.split("\n")).filter((line) => line.length > 80)).toEqual([]);
  });
});
