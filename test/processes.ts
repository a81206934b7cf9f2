import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The command lines of all processes: on Linux without `ps`, which a bare image lacks. */
export async function commandLines(): Promise<readonly string[]> {
  if (process.platform !== "linux") {
    const { stdout } = await promisify(execFile)("ps", ["-eww", "-o", "args="]);
    return stdout.split("\n");
  }
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // A process may be gone between the two looks.
  const read = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(read)).map((line) => line.replaceAll("\0", " "));
}
