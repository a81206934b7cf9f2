import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A small project with the shape of ours. Its simulation reads one product file as text: a world fails from the seed that
 * stands after `fails at` on, and the word `hangs`, `breaks` or `lies` makes the simulation do so.
 */
const SIMULATION = `
import { readFileSync, writeFileSync } from "node:fs";
const [, , , seeds] = process.argv;
const text = readFileSync("backup/product.ts", "utf8");
if (text.includes("hangs")) {
  writeFileSync(process.env.STUB_STARTED ?? "started", String(process.pid));
  setInterval(() => undefined, 1_000);
} else if (text.includes("breaks")) {
  console.error("SyntaxError: the mutant doesn't even load");
  process.exitCode = 1;
} else {
  const failsAt = Number(/fails at (\\d+)/.exec(text)?.[1] ?? Infinity);
  const failing = failsAt <= Number(seeds);
  if (failing) {
    console.log(JSON.stringify({ seed: failsAt + 1, check: "a second check", what: "later", faults: [] }));
    console.log(JSON.stringify({ seed: failsAt, check: "a check", what: "a run was lost", faults: [3] }));
  }
  console.log(JSON.stringify({ seeds: Number(seeds), violations: failing ? 2 : 0, byCheck: {}, faults: {}, mostMessages: {} }));
  process.exitCode = failing && !text.includes("lies") ? 1 : 0;
}
`;

export type StubProject = {
  readonly folder: string;
  /** Where copies are made while `TMPDIR` says so; the folders that are there now. */
  readonly temporary: string;
  readonly leftOver: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
};

/** Makes the project with this product in it. */
export async function stubProject(product: string): Promise<StubProject> {
  const root = await mkdtemp(join(tmpdir(), "stub-project-"));
  const folder = join(root, "project");
  const temporary = join(root, "temporary");
  for (const name of ["backup", "functions", "azure", "test/simulation", "node_modules"])
    await mkdir(join(folder, name), { recursive: true });
  await mkdir(temporary);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "tsconfig.json"), "{}");
  await writeFile(join(folder, "test/simulation/main.ts"), SIMULATION);
  await writeFile(join(folder, "backup/product.ts"), product);
  return {
    folder,
    temporary,
    leftOver: () => readdir(temporary),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
