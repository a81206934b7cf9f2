import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "../../local/temporary-folder.ts";
import { writeApp } from "../../scripts/write-app.ts";

export type WrittenApp = { readonly folder: string; readonly remove: () => Promise<void> };

/** The deployable folder, written to a place of its own: `dist/` itself is for those who run it. */
export async function makeWrittenApp(sourceMaps = false): Promise<WrittenApp> {
  const { path, stop } = await makeTemporaryFolder();
  await writeApp(path, sourceMaps);
  return { folder: path, remove: stop };
}

/** Each file of a folder with its bytes, by name. */
export async function bytesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = (await readdir(folder)).toSorted();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}
