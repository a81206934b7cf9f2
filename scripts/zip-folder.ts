import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type Zippable, zipSync } from "fflate";

/** The first moment that a zip can hold. It is written as local time, so that it must be made from local time. */
const NO_TIME = new Date(1980, 0, 1);
const UNIX = 3;
/** A file that all may read and its owner may write, where zip keeps it: in the upper half of the attributes. */
const READABLE_FILE = 0o100644 * 0x1_0000;
const SMALLEST = 9;

/**
 * The files of a folder as a zip archive, the same bytes whenever and wherever it is made: sorted, without times, and
 * compressed by a library of a locked version, since what Node's own zlib gives changes with Node.
 */
export async function zipFolder(folder: string): Promise<Uint8Array> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const named = files.map((file) => ({ file, name: relative(folder, file).split(sep).join("/") }));
  const zippable: Zippable = {};
  for (const { file, name } of named.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    zippable[name] = await readFile(file);
  }
  return zipSync(zippable, { level: SMALLEST, mtime: NO_TIME, os: UNIX, attrs: READABLE_FILE });
}
