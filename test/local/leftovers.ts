import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";
import { commandLines } from "../processes.ts";

/** A folder of a test's own that stands in for the machine's temporary one, so that what a world leaves can be seen. */
export type Leftovers = {
  readonly folder: string;
  /** Command lines of the running processes that name the folder: every program of a world does. */
  readonly processes: () => Promise<readonly string[]>;
  readonly files: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
};

export async function watchLeftovers(): Promise<Leftovers> {
  const folder = await mkdtemp(join(tmpdir(), "leftovers-"));
  return {
    folder,
    processes: async () => {
      return (await commandLines()).filter((line) => line.includes(folder));
    },
    files: () => readdir(folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Before each test, its temporary folder is one of its own; the result gives it, for use in tests. */
export function useLeftovers(): () => Leftovers {
  let leftovers: Leftovers | undefined;
  beforeEach(async () => {
    leftovers = await watchLeftovers();
    vi.stubEnv("TMPDIR", leftovers.folder);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await leftovers?.remove();
  });
  return () => {
    if (leftovers === undefined) throw new Error("The leftovers are there only while tests run.");
    return leftovers;
  };
}
