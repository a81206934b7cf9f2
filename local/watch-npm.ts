import { readFileSync } from "node:fs";

const LOOK_EVERY_MILLISECONDS = 500;
// `man 5 proc_pid_stat`: pid (name) state ppid; a name may hold spaces and parentheses.
const PARENT_IN_STAT = /^.*\) \S (\d+)/s;

/**
 * Calls `onGone` once when the npm that started this process is gone: its SIGKILL reaches nobody below it. Without npm
 * nothing is watched, as `nohup` and `&` have to work. @returns what ends the watch.
 */
export function watchNpm(environment: NodeJS.ProcessEnv, onGone: () => void): () => void {
  if (environment.npm_lifecycle_event === undefined) return () => undefined;
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MILLISECONDS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The parent, and where it can be read cheaply its parent: npm runs scripts in a shell, which may stand between. */
function ancestors(): string {
  const parent = process.ppid;
  try {
    return `${parent} ${PARENT_IN_STAT.exec(readFileSync(`/proc/${parent}/stat`, "utf8"))?.[1]}`;
  } catch {
    return String(parent);
  }
}
