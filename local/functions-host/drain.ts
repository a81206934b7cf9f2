import { type Clock, systemClock } from "./clock.ts";

/** What a real host was seen to give its running invocations after SIGTERM. */
const DRAIN_LIMIT_MS = 10_000;

/** Waits until a host has stopped, ten seconds at most. @returns whether it has stopped */
export async function drain(stopped: Promise<void>, clock: Clock = systemClock): Promise<boolean> {
  const ended = new AbortController();
  const limit = clock.pause(DRAIN_LIMIT_MS, ended.signal).then(() => false);
  try {
    return await Promise.race([stopped.then(() => true), limit]);
  } finally {
    ended.abort();
  }
}
