/**
 * `npm run check:infra`: the checks of infra/ that need the compiler. Every file is formatted and linted without a finding,
 * main.json is what main.bicep compiles to, each kind of deployment matches its snapshot, and parameters that can't work are
 * refused by name. `--update` rewrites main.json, the snapshots and the format instead. Exit code 0 where all checks pass.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bicep, restoreCompiler } from "./check-infra-compiler.ts";
import { filesOf, findingsOf } from "./check-infra-files.ts";
import { REFUSED } from "./check-infra-refused.ts";

const infra = fileURLToPath(new URL("../infra/", import.meta.url));
const SWITCH = "--update";
/** Of a deployment that is never made: names that depend on it are the same everywhere. */
const ANY_ID = "00000000-0000-0000-0000-000000000001";
const CONTEXT = ["--subscription-id", ANY_ID, "--tenant-id", ANY_ID, "--resource-group", "backup"].concat(
  ["--location", "westeurope"],
  ["--deployment-name", "main"],
);

/** One check: what it is of, and what is wrong; nothing where it holds. */
type Check = { readonly of: string; readonly run: () => Promise<readonly string[]> };

const lint = (bicep: Bicep, files: number): Check => ({
  of: "lint",
  run: async () => {
    const { stdout } = await bicep("lint", "--pattern", "**/*.bicep", "--diagnostics-format", "sarif");
    return findingsOf(stdout, files, infra);
  },
});

const format = (bicep: Bicep, file: string, isUpdate: boolean): Check => ({
  of: `format ${relative(infra, file)}`,
  run: async () => {
    const { code, stdout, stderr } = await bicep("format", file, "--stdout");
    if (code !== 0) return [stderr];
    return same(file, stdout, isUpdate, "is not formatted");
  },
});

const compiled = (bicep: Bicep, isUpdate: boolean): Check => ({
  of: "main.json",
  run: async () => {
    const { code, stdout, stderr } = await bicep("build", "main.bicep", "--stdout");
    if (code !== 0) return [stderr];
    return same(join(infra, "main.json"), stdout, isUpdate, "is not what main.bicep compiles to");
  },
});

async function same(file: string, expected: string, isUpdate: boolean, otherwise: string): Promise<readonly string[]> {
  const there = await readFile(file, "utf8").catch(() => "");
  // The compiler ends its output with no newline or one, by command.
  if (there.trimEnd() === expected.trimEnd()) return [];
  if (!isUpdate) return [`${relative(infra, file)} ${otherwise}: node scripts/check-infra.ts ${SWITCH}`];
  await writeFile(file, `${expected.trimEnd()}\n`);
  return [];
}

const snapshot = (bicep: Bicep, file: string, isUpdate: boolean): Check => ({
  of: `snapshot ${relative(infra, file)}`,
  run: async () => {
    const mode = isUpdate ? "overwrite" : "validate";
    const { code, stdout, stderr } = await bicep("snapshot", file, "--mode", mode, ...CONTEXT);
    return code === 0 ? [] : [stdout, stderr].filter((text) => text !== "");
  },
});

const refused = (bicep: Bicep, scratch: string, { parameter, because, given }: (typeof REFUSED)[number]): Check => ({
  of: `refused: ${because}`,
  run: async () => {
    const file = join(await mkdtemp(join(scratch, "refused-")), "bad.bicepparam");
    const lines = Object.entries(given).map(([name, value]) => `param ${name} = json('${JSON.stringify(value)}')`);
    await writeFile(
      file,
      [`using '${relative(join(file, ".."), join(infra, "main.bicep"))}'`, ...lines, ""].join("\n"),
    );
    const { code, stdout, stderr } = await bicep("snapshot", file, "--mode", "overwrite", ...CONTEXT);
    if (code === 0) return ["was accepted"];
    const output = `${stdout}${stderr}`;
    return output.includes(`${parameter}: `) ? [] : [`was refused, but not by the name ${parameter}: ${output.trim()}`];
  },
});

async function checkAll(isUpdate: boolean, scratch: string): Promise<number> {
  const bicep = await restoreCompiler(infra, scratch);
  const sources = await filesOf(infra, ".bicep");
  const kinds = await filesOf(infra, ".bicepparam");
  const checks = [
    lint(bicep, sources.length),
    compiled(bicep, isUpdate),
    ...[...sources, ...kinds].map((file) => format(bicep, file, isUpdate)),
    ...kinds.filter((file) => file.includes("/snapshots/")).map((file) => snapshot(bicep, file, isUpdate)),
    ...REFUSED.map((each) => refused(bicep, scratch, each)),
  ];
  let failed = 0;
  for (const { of, run } of checks) {
    const wrong = await run();
    if (wrong.length > 0) failed++;
    console.log(`${wrong.length === 0 ? "ok    " : "FAILED"} ${of}`);
    for (const line of wrong) console.log(`       ${line}`);
  }
  console.log(`infrastructure: ${checks.length - failed} checks passed, ${failed} failed`);
  return failed;
}

if (import.meta.main) {
  const given = process.argv.slice(2);
  if (given.some((argument) => argument !== SWITCH)) {
    console.error(`usage: node scripts/check-infra.ts [${SWITCH}]`);
    process.exitCode = 2;
  } else {
    const scratch = await mkdtemp(join(tmpdir(), "check-infra-"));
    try {
      process.exitCode = (await checkAll(given.includes(SWITCH), scratch)) === 0 ? 0 : 1;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
}
