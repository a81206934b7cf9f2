import type { View } from "../facts.ts";

// The design's intervals as the checks know them: on purpose not taken from the product, where one could be changed by
// mistake.
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A run must have ended so long after its deadline, or after the faults have stopped. */
export const END_GRACE = 45 * MINUTE;
export const START_GRACE = 3 * MINUTE;
export const UNFOLLOWED_AFTER = 15 * MINUTE;
export const WAKE_UP_LIFETIME = 10 * MINUTE;
export const TIMER_EVERY = 5 * MINUTE;
/** Pauses after the first, second … try of a slot that ended without success. */
export const RETRY_SLOT = [15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR];
/** A service is down for no longer, and whoever got his token before learns of it no later. */
export const LONGEST_OUTAGE = 3 * HOUR;
/** A process that stands still may go on so much later. */
export const LONGEST_FREEZE = 12 * MINUTE;

/** From here on a run that was begun among faults has ended. */
export const calmFrom = ({ faultsStopAt, deadline, largestSkew }: View): number =>
  faultsStopAt + deadline + END_GRACE + largestSkew;

/** The slot after this one; undefined where none comes within a day. */
export const slotAfter = (view: View, slot: number): number | undefined =>
  view.slotsBetween(slot + 1, slot + DAY).find((next) => next > slot);

/** The newest slot that has come. */
export const newestSlot = (view: View, at: number): number | undefined =>
  view.slotsBetween(at - DAY, at + 1).findLast((slot) => slot <= at);

/** Whether something that was started then satisfies the slot: from it on, before the next one. */
export const isInWindow = (view: View, slot: number, startedAt: number): boolean =>
  startedAt >= slot && startedAt < (slotAfter(view, slot) ?? Number.POSITIVE_INFINITY);
