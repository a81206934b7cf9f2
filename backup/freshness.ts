import type { Card } from "./card.ts";
import { type Instant, isAhead, later, millis, SECOND } from "./instant.ts";

/** How old the newest verified backup of an HSM is, and whether that is too old. */
export type Freshness = {
  readonly newestSuccess: Instant | null;
  readonly newestSuccessRun: string | null;
  /** Since the newest success was started or, where there is none, since the HSM was first seen. */
  readonly ageSeconds: number | null;
  readonly limitSeconds: number;
  readonly isOverdue: boolean;
  readonly running: string | null;
  readonly failuresInARow: number;
};

/** Judges a card: the newer of its newest verified success and its `since` must not be older than `maxAge` milliseconds. */
export function freshnessOf(card: Card, maxAge: number, now: Date): Freshness {
  // A success that is still to come, by our clock, proves nothing now.
  const newest = card.newestSuccess !== null && !isAhead(card.newestSuccess.startedAt, now) ? card.newestSuccess : null;
  const startedAt = newest?.startedAt ?? null;
  const age = millis(now) - millis(startedAt === null ? card.since : later(startedAt, card.since));
  return {
    newestSuccess: startedAt,
    newestSuccessRun: newest?.id ?? null,
    ageSeconds: Math.round(age / SECOND),
    limitSeconds: Math.round(maxAge / SECOND),
    isOverdue: age > maxAge,
    running: card.active?.id ?? null,
    failuresInARow: card.failuresInARow,
  };
}

/** What is said of an HSM whose card can't be read: nothing that is unknown may look healthy. */
export const unknownFreshness = (maxAge: number): Freshness => ({
  newestSuccess: null,
  newestSuccessRun: null,
  ageSeconds: null,
  limitSeconds: Math.round(maxAge / SECOND),
  isOverdue: true,
  running: null,
  failuresInARow: 0,
});
