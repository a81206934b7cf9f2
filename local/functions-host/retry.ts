import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "./clock.ts";
import { describeStorageError } from "./host-storage.ts";
import type { Log } from "./log.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Resolves after the time, or as soon as the signal is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}

/**
 * Repeats a storage operation until it succeeds, and logs each failure. Undefined once the signal is aborted: a host that
 * stops doesn't wait for its storage.
 */
export async function untilDone<T>(
  what: string,
  log: Log,
  signal: AbortSignal,
  act: () => Promise<T>,
  clock: Clock,
): Promise<T | undefined> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      return await act();
    } catch (error) {
      log.host("warning", `${what} failed and is retried: ${describeStorageError(error)}`);
    }
    await clock.pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
  return undefined;
}
