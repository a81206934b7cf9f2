import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startChild } from "../child-process.ts";
import { until } from "../until.ts";
import type { Mutation } from "./mutation.ts";
import { runMutants } from "./run-mutants.ts";
import { type StubProject, stubProject } from "./stub-project.ts";

const PRODUCT = "// all is well\n";
const RUNNER = new URL("./run-mutants.ts", import.meta.url).href;
const projects: StubProject[] = [];

async function project(product = PRODUCT): Promise<StubProject> {
  const made = await stubProject(product);
  projects.push(made);
  vi.stubEnv("TMPDIR", made.temporary);
  return made;
}

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const made of projects.splice(0)) await made.remove();
});

const mutant = (name: string, replace: string): Mutation => ({
  name,
  file: "backup/product.ts",
  find: "all is well",
  replace,
});
const EARLY = mutant("it fails early", "fails at 7");
const LATE = mutant("it fails late, but it does", "fails at 90");
const HARMLESS = mutant("it does no harm", "all is still well");

async function run({ folder }: StubProject, mutations: readonly Mutation[], ...words: string[]) {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await runMutants({
    project: folder,
    mutations,
    words,
    signal: new AbortController().signal,
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
  });
  return { code, printed, complained: complained.join("\n") };
}

describe("measuring the simulation by mutants", () => {
  test("ends well when every one is caught, and says by which checks and after how many seeds", async () => {
    const made = await project();
    const { code, printed, complained } = await run(made, [EARLY, LATE], "--seeds", "100");
    expect(complained).toMatch(/^Without any mutation: 100 seeds, 0 violations/);
    expect(printed[0]).toMatch(/^mutant +seeds +seconds +caught by$/);
    const rows = printed.slice(1, -1).toSorted();
    expect(rows[0]).toMatch(/^it fails early +7 +\d+\.\d +a second check; a check$/);
    expect(rows[1]).toMatch(/^it fails late, but it does +90 +/);
    expect(printed.at(-1)).toBe("2 mutants, 2 caught");
    expect(code).toBe(0);
    expect(await made.leftOver()).toEqual([]);
  });

  test("ends with 1 when one survives, and says after how many seeds", async () => {
    const made = await project();
    const { code, printed } = await run(made, [HARMLESS, LATE, EARLY], "--seeds", "50");
    expect(printed.find((line) => line.startsWith(HARMLESS.name))).toMatch(/SURVIVED: 50 seeds without a violation$/);
    expect(printed.find((line) => line.startsWith(LATE.name))).toContain("SURVIVED");
    expect(printed.at(-1)).toBe("3 mutants, 1 caught");
    expect(code).toBe(1);
  });

  test.each([
    ["doesn't load", "breaks", /BROKEN: the simulation itself failed: it ended with 1: SyntaxError/],
    ["contradicts itself", "fails at 3, lies", /BROKEN: the simulation itself failed: it ended with 0/],
  ])("doesn't count a mutant as caught whose simulation %s", async (_what, replace, row) => {
    const { code, printed } = await run(await project(), [mutant("odd", replace)], "--seeds", "50");
    expect(printed[1]).toMatch(row);
    expect(code).toBe(1);
  });

  test("ends with 2 when the source fails without any mutation", async () => {
    const made = await project("// all is well, but fails at 4\n");
    const { code, printed, complained } = await run(made, [HARMLESS], "--seeds", "50");
    expect(complained).toContain("fails without any mutation: seed 4: a run was lost");
    expect(printed).toEqual([]);
    expect(code).toBe(2);
    expect(await made.leftOver()).toEqual([]);
  });

  test("ends with 2, and names each, when mutations don't apply", async () => {
    const made = await project("// changed meanwhile\n");
    const { code, complained } = await run(made, [EARLY, LATE], "--seeds", "50");
    expect(complained).toContain('"it fails early": backup/product.ts has 0 places');
    expect(complained).toContain('"it fails late, but it does": backup/product.ts has 0 places');
    expect(code).toBe(2);
  });

  test("measures only the mutants that were asked for, as JSON where that was asked for", async () => {
    const made = await project();
    const words = ["--seeds", "100", "--json", "--only", "no harm,fails late, but"];
    const { printed } = await run(made, [EARLY, LATE, HARMLESS], ...words);
    const rows: unknown[] = printed.map((line) => JSON.parse(line));
    const late = { mutant: LATE.name, outcome: "caught", seeds: 90, checks: ["a second check", "a check"] };
    expect(rows).toContainEqual(expect.objectContaining(late));
    expect(rows).toContainEqual(expect.objectContaining({ mutant: HARMLESS.name, outcome: "survived", seeds: 100 }));
    expect(rows.at(-1)).toEqual({ mutants: 2, caught: 1 });
  });

  test.each([
    [["--only", "unknown"], '--only: no mutant is named "unknown".'],
    [["--only", ""], "--only: expected names of mutants"],
    [["--seeds", "many"], '--seeds: expected a whole number from 1, got "many".'],
    [["--worlds"], "Unknown option '--worlds'"],
  ])("refuses %j", async (words, problem) => {
    const { code, complained } = await run(await project(), [EARLY], ...words);
    expect(complained).toContain(problem);
    expect(code).toBe(2);
  });

  test("stops its simulations and removes every folder when it is interrupted", async () => {
    const made = await project();
    const started = join(made.folder, "started");
    const script = join(made.folder, "interrupted.ts");
    const options = { project: made.folder, mutations: [mutant("it hangs", "hangs")], words: ["--seeds", "5"] };
    await writeFile(
      script,
      `import { runMutants } from ${JSON.stringify(RUNNER)};
      const interrupted = new AbortController();
      process.once("SIGINT", () => interrupted.abort());
      const print = console.error;
      process.exitCode = await runMutants({ ...${JSON.stringify(options)}, signal: interrupted.signal, print, complain: print });`,
    );
    const child = startChild([script], { env: { ...process.env, STUB_STARTED: started } });
    const simulation = await until("the simulation of the mutant", () => pidIn(started));
    await child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    expect(isAlive(simulation)).toBe(false);
    expect(await made.leftOver()).toEqual([]);
  });
});

const pidIn = async (file: string): Promise<number | undefined> => {
  try {
    return Number(await readFile(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
};

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
