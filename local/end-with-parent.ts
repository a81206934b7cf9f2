/**
 * Loaded with `--import` into every program that the local world starts. Its stdin is a pipe from its parent: the pipe ends
 * when the parent ends, also by SIGKILL, and the program then ends at once.
 */
import { flushCompileCache } from "node:module";
import { isMainThread } from "node:worker_threads";

const PARENT_GONE = 1;
const STARTED_AFTER_MILLISECONDS = 1_000;

if (isMainThread) {
  process.stdin.on("end", () => process.exit(PARENT_GONE));
  process.stdin.on("error", () => process.exit(PARENT_GONE));
  process.stdin.resume();
  // The pipe alone does not keep the program running.
  if ("unref" in process.stdin) process.stdin.unref();
  // Node writes the cache when a program exits; most of these are killed.
  setTimeout(flushCompileCache, STARTED_AFTER_MILLISECONDS).unref();
}
