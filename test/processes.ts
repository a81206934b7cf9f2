import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

// `man 5 proc_pid_stat`: pid (name) state; a name may hold spaces and parentheses.
const STATE_IN_STAT = /^.*\) (\S)/s;

/** Whether a process runs. One that has ended and waits to be reaped does not; a negative number is a process group. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    return STATE_IN_STAT.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] === "Z";
  } catch {
    return false;
  }
}

/** The command lines of all processes; on Linux from /proc, because a minimal image has no `ps`. */
export async function commandLines(): Promise<readonly string[]> {
  if (process.platform !== "linux") {
    const { stdout } = await promisify(execFile)("ps", ["-eww", "-o", "args="]);
    return stdout.split("\n");
  }
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // A process may end between the two reads.
  const read = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(read)).map((line) => line.replaceAll("\0", " "));
}
