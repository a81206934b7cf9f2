import type { Clock } from "../../../local/functions-host/clock.ts";

/** A clock that stands still until a test advances it. */
export type ManualClock = Clock & {
  /** Advances the time, and ends every pause that is over by then. */
  readonly advance: (milliseconds: number) => void;
  /** Waits for the next pause that begins; each pause is returned once. @returns its length in milliseconds */
  readonly nextPause: () => Promise<number>;
};

export function createManualClock(start = new Date(0)): ManualClock {
  let now = start.getTime();
  const pending = new Set<{ readonly endsAt: number; readonly end: () => void }>();
  const begun: number[] = [];
  let news = Promise.withResolvers<void>();
  return {
    now: () => now,
    pause: async (milliseconds, signal) => {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const entry = { endsAt: now + milliseconds, end: resolve };
      pending.add(entry);
      signal.addEventListener("abort", () => resolve(), { once: true });
      begun.push(milliseconds);
      news.resolve();
      await promise;
      pending.delete(entry);
    },
    advance: (milliseconds) => {
      now += milliseconds;
      for (const { endsAt, end } of pending) if (endsAt <= now) end();
    },
    nextPause: async () => {
      for (;;) {
        const next = begun.shift();
        if (next !== undefined) return next;
        news = Promise.withResolvers();
        await news.promise;
      }
    },
  };
}
