import { readFileSync } from "node:fs";

const LOOK_EVERY_MILLISECONDS = 500;
// `man 5 proc_pid_stat`: pid (name) state ppid; a name may hold spaces and parentheses.
const PARENT_IN_STAT = /^.*\) \S (\d+)/s;

/**
 * Calls `onGone` once when the npm that started this process has ended: a SIGKILL of npm does not reach its children. A
 * process that npm did not start watches nothing, so that `nohup` and `&` work. @returns a function that ends the watch.
 */
export function watchNpm(environment: NodeJS.ProcessEnv, onGone: () => void, readAncestors = ancestors): () => void {
  if (environment.npm_lifecycle_event === undefined) return () => undefined;
  const before = readAncestors();
  const timer = setInterval(() => {
    if (readAncestors() === before) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MILLISECONDS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The ids of the parent and, on Linux, of its parent: npm runs scripts in a shell, which may be in between. */
function ancestors(): string {
  const parent = process.ppid;
  try {
    return `${parent} ${PARENT_IN_STAT.exec(readFileSync(`/proc/${parent}/stat`, "utf8"))?.[1]}`;
  } catch {
    return String(parent);
  }
}
