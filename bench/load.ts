/**
 * `npm run bench`: how long the app takes to load, bundled as it is deployed against the same code with its node_modules,
 * alternating in one run. It asserts nothing: what a time means, README.md beside this file says.
 */
import { execFile } from "node:child_process";
import { mkdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { makeTemporaryFolder } from "../local/temporary-folder.ts";
import { writeApp } from "../scripts/write-app.ts";
import { zipFolder } from "../scripts/zip-folder.ts";
import { SETTINGS } from "./settings.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LOAD_ONCE = fileURLToPath(new URL("load-once.mjs", import.meta.url));
const LOADS = 15;

const run = promisify(execFile);
type Load = { readonly milliseconds: number; readonly cpuMilliseconds: number };

/** The same code as JavaScript, one file for each, with the packages where npm puts them. */
async function writeUnbundled(folder: string): Promise<void> {
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      outDir: folder,
      rootDir: ROOT,
      rewriteRelativeImportExtensions: true,
      typeRoots: [join(ROOT, "node_modules/@types")],
    },
    include: [],
    files: [join(ROOT, "functions/main.ts")],
  };
  await mkdir(folder);
  const project = join(folder, "tsconfig.json");
  await writeFile(project, JSON.stringify(config));
  await run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "--project", project]);
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
}

/** Milliseconds of one load in a Node process of its own, without the start of Node itself. */
async function load(main: string): Promise<Load> {
  const { stdout } = await run(process.execPath, [LOAD_ONCE, main], { env: SETTINGS });
  const { milliseconds, cpuMilliseconds }: Load = JSON.parse(stdout);
  return { milliseconds, cpuMilliseconds };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} KB`;

function print(what: string, bundled: readonly number[], unbundled: readonly number[]): void {
  const [less, more] = [median(bundled), median(unbundled)];
  const figures = `bundled ${less.toFixed(0)} ms, unbundled ${more.toFixed(0)} ms, ratio ${(less / more).toFixed(2)}`;
  console.log(`${what}: ${figures}`);
}

const { path, stop } = await makeTemporaryFolder();
try {
  const [bundledApp, unbundledApp] = [join(path, "bundled"), join(path, "unbundled")];
  await mkdir(bundledApp);
  await writeApp(bundledApp);
  await writeUnbundled(unbundledApp);
  const forms = { bundled: join(bundledApp, "main.js"), unbundled: join(unbundledApp, "functions/main.js") };
  // The first of each reads the files from disk; from then on both come from memory.
  for (const main of Object.values(forms)) await load(main);
  const bundled: Load[] = [];
  const unbundled: Load[] = [];
  for (let count = 0; count < LOADS; count += 1) {
    bundled.push(await load(forms.bundled));
    unbundled.push(await load(forms.unbundled));
  }
  const where = `${cpus().length} cores, ${process.platform} ${process.arch}, Node ${process.version}`;
  console.log(`${where}, load ${(loadavg()[0] ?? 0).toFixed(1)}; medians of ${LOADS} loads each, alternating`);
  const times = (loads: readonly Load[]) => loads.map(({ milliseconds }) => milliseconds);
  const cpu = (loads: readonly Load[]) => loads.map(({ cpuMilliseconds }) => cpuMilliseconds);
  print("time to load", times(bundled), times(unbundled));
  print("processor time", cpu(bundled), cpu(unbundled));
  const zipped = await zipFolder(bundledApp);
  const { size } = await stat(join(bundledApp, "app.cjs"));
  console.log(`bundle ${kilobytes(size)}, zip of all that is deployed ${kilobytes(zipped.byteLength)}`);
} finally {
  await rm(join(path, "unbundled/node_modules"), { force: true });
  await stop();
}
