/**
 * `node caretaker.ts FOLDER`: waits until its stdin ends, which it does when the process that started it is gone or has
 * finished, and then removes the folder. A process of its own, because nothing can tidy up after its own SIGKILL.
 */
import { rm } from "node:fs/promises";

// The programs that write there are ending at the same moment: together about 20 s of tries (the wait grows by one step each).
const TRIES = 20;
const STEP_MILLISECONDS = 100;

const folder = process.argv[2];
if (folder === undefined) throw new Error("Which folder? Usage: node caretaker.ts FOLDER");

const remove = (): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: TRIES, retryDelay: STEP_MILLISECONDS });

process.stdin.once("close", () => void remove());
process.stdin.on("error", () => process.stdin.destroy());
process.stdin.resume();
