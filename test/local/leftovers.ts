import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, vi } from "vitest";
import { commandLines } from "../processes.ts";

/** Variables that keep every Azurite from listening, so that a world stays in its start. */
export const HELD_AZURITE = {
  NODE_OPTIONS: `--require ${JSON.stringify(fileURLToPath(new URL("./fixtures/hold-azurite.cjs", import.meta.url)))}`,
};

/** A temporary folder for one test, which shows the files and processes that a world leaves. */
export type Leftovers = {
  readonly folder: string;
  /** Command lines of the running processes that name the folder, as every program of a world does. */
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

/** Gives each test a temporary folder of its own. The result returns that of the running test. */
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
