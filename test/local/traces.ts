import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A folder of a test's own that stands in for the machine's temporary one, so that what a world leaves can be seen. */
export type Traces = {
  readonly folder: string;
  /** Command lines of the running processes that name the folder: every program of a world does. */
  readonly processes: () => Promise<readonly string[]>;
  readonly files: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
};

export async function watchTraces(): Promise<Traces> {
  const folder = await mkdtemp(join(tmpdir(), "traces-"));
  return {
    folder,
    processes: async () => {
      const { stdout } = await promisify(execFile)("ps", ["-eww", "-o", "args="]);
      return stdout.split("\n").filter((line) => line.includes(folder));
    },
    files: () => readdir(folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
