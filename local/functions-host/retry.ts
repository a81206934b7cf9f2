import { setTimeout as delay } from "node:timers/promises";
import { describeStorageError } from "./host-storage.ts";
import type { Log } from "./log.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Waits, or returns at once when the signal is or gets aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}

/**
 * Does something on the storage until it succeeds, saying each time in the log what stood in the way. Undefined once the
 * signal is aborted: a host that is told to stop doesn't wait for its storage.
 */
export async function untilDone<T>(
  what: string,
  log: Log,
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T | undefined> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      return await act();
    } catch (error) {
      log.host("warning", `${what} failed and is tried again: ${describeStorageError(error)}`);
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
  return undefined;
}
