/**
 * Loaded with `--import` into every program that the local world starts. Its stdin is a pipe that only its parent holds:
 * the pipe ends when the parent is gone, however it went (SIGKILL tells nobody), and the program ends at once with it.
 */
import { isMainThread } from "node:worker_threads";

const PARENT_GONE = 1;

if (isMainThread) {
  process.stdin.on("end", () => process.exit(PARENT_GONE));
  process.stdin.on("error", () => process.exit(PARENT_GONE));
  process.stdin.resume();
  // Listening to the parent alone is no reason to stay: a program that has finished ends as if this file were not there.
  if ("unref" in process.stdin) process.stdin.unref();
}
