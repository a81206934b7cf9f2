/**
 * `npm run build`: makes the deployable folder `dist/`, and the command line `bin/mhsm-backup.js`, which is not deployed.
 * `--source-maps`: with the source map of the app's bundle in `dist/`, which is then deployed too.
 */
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readBuildOptions } from "./build-options.ts";
import { bundleCli } from "./bundle-cli.ts";
import { writeApp } from "./write-app.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const EVERYBODY_READS = 0o755;

/** Builds `dist/`, and puts it in the place of the one before. @returns its path. */
export async function buildDist(sourceMaps: boolean): Promise<string> {
  const dist = `${ROOT}dist`;
  // Made beside it and put in its place at the end: a host that is starting finds a whole folder, the old or the new one.
  const made = await mkdtemp(`${ROOT}dist.`);
  try {
    await writeApp(made, sourceMaps);
    await chmod(made, EVERYBODY_READS);
    await rm(dist, { recursive: true, force: true });
    await rename(made, dist);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return dist;
}

/** Builds the command line. @returns its path. */
export async function buildCli(): Promise<string> {
  const program = `${ROOT}bin/mhsm-backup.js`;
  await mkdir(`${ROOT}bin`, { recursive: true });
  // Written completely or not at all, like the folder.
  const unfinished = `${program}.${process.pid}`;
  try {
    await writeFile(unfinished, await bundleCli(), { mode: EVERYBODY_READS });
    await rename(unfinished, program);
  } finally {
    await rm(unfinished, { force: true });
  }
  return program;
}

if (import.meta.main) {
  const options = readBuildOptions(process.argv.slice(2));
  if (typeof options === "string") {
    console.error(`${options}\nusage: npm run build [-- --source-maps]`);
    process.exitCode = 2;
  } else {
    await Promise.all([buildDist(options.sourceMaps), buildCli()]);
  }
}
