import { pause } from "./retry.ts";

/** The time that listeners, leases and locks use. */
export type Clock = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after the time, or as soon as the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = { now: () => Date.now(), pause };
