/** `npm run package`: builds `dist/`, and packs it as `dist.zip` for a deployment that takes an archive. */
import { rename, rm, writeFile } from "node:fs/promises";
import { buildDist } from "./build.ts";
import { readBuildOptions } from "./build-options.ts";
import { zipFolder } from "./zip-folder.ts";

const options = readBuildOptions(process.argv.slice(2));
if (typeof options === "string") {
  console.error(`${options}\nusage: npm run package [-- --source-maps]`);
  process.exitCode = 2;
} else {
  const dist = await buildDist(options.sourceMaps);
  const zipped = await zipFolder(dist);
  // Written completely or not at all, like the folder.
  const unfinished = `${dist}.zip.${process.pid}`;
  try {
    await writeFile(unfinished, zipped);
    await rename(unfinished, `${dist}.zip`);
  } finally {
    await rm(unfinished, { force: true });
  }
  console.log(`dist.zip: ${zipped.byteLength} bytes`);
}
