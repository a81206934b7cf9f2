import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** What the simulation needs of the project. */
const COPIED = ["backup", "functions", "test/simulation", "package.json"];
const LINKED = "node_modules";

/** Copies of one project, each in a temporary folder of its own. */
export type Copies = {
  /** A new copy of the project as it was at the beginning, whatever is done to it meanwhile. Gives its folder. */
  readonly make: () => Promise<string>;
  readonly remove: (copy: string) => Promise<void>;
  /** Removes all of them. */
  readonly removeAll: () => Promise<void>;
};

/** Takes a copy of what stands in the project's folder now, from which all others are made. */
export async function copiesOf(project: string): Promise<Copies> {
  const root = await mkdtemp(join(tmpdir(), "mutants-"));
  const removeAll = (): Promise<void> => rm(root, { recursive: true, force: true, maxRetries: 3 });
  const original = join(root, "original");
  let made = 0;
  try {
    await mkdir(original);
    for (const name of COPIED)
      await cp(join(project, name), join(original, name), { recursive: true, filter: isSource });
  } catch (thrown) {
    await removeAll();
    throw thrown;
  }
  return {
    make: async () => {
      const copy = join(root, String(++made));
      await cp(original, copy, { recursive: true });
      await symlink(join(project, LINKED), join(copy, LINKED), "dir");
      return copy;
    },
    remove: (copy) => rm(copy, { recursive: true, force: true, maxRetries: 3 }),
    removeAll,
  };
}

/** What tests of the project leave behind while they run isn't part of it. */
const isSource = (path: string): boolean => basename(path) !== LINKED;
