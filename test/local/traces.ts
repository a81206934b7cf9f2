import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, vi } from "vitest";

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
      return (await commandLines()).filter((line) => line.includes(folder));
    },
    files: () => readdir(folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Before each test, its temporary folder is one of its own; the result gives it, for use in tests. */
export function useTraces(): () => Traces {
  let traces: Traces | undefined;
  beforeEach(async () => {
    traces = await watchTraces();
    vi.stubEnv("TMPDIR", traces.folder);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await traces?.remove();
  });
  return () => {
    if (traces === undefined) throw new Error("The traces are there only while tests run.");
    return traces;
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

/** The command lines of all processes: on Linux without `ps`, which a bare image lacks. */
async function commandLines(): Promise<readonly string[]> {
  if (process.platform !== "linux") {
    const { stdout } = await promisify(execFile)("ps", ["-eww", "-o", "args="]);
    return stdout.split("\n");
  }
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // A process may be gone between the two looks.
  const read = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(read)).map((line) => line.replaceAll("\0", " "));
}
