import { after, earliest, instantOf, MINUTE, millis } from "../model/instant.ts";
import type { Intervals } from "../model/intervals.ts";
import type { ActiveRun, Doubt } from "../model/run.ts";

/** The time and the intervals for a decision. A step reads the clock once and uses this `now` throughout. */
export type Clock = { readonly now: Date; readonly intervals: Intervals };

/** The pause before each look grows by this factor, up to the longest pause. */
const LOOK_GROWTH = 1.25;

/** Plans the next look at a running job, never before the HSM's `Retry-After` (milliseconds). */
export function planLook<R extends ActiveRun>(run: R, retryAfter: number | null, clock: Clock): R {
  const { lookShortest, lookLongest } = clock.intervals;
  const grown = Math.min(lookShortest * LOOK_GROWTH ** run.looks, lookLongest);
  return waitFor({ ...run, doubt: null }, Math.max(grown, retryAfter ?? 0), clock);
}

/** Tries again with back-off, and counts how often the same was seen. */
export function tryAgain<R extends ActiveRun>(run: R, code: string, retryAfter: number | null, clock: Clock): R {
  const doubt = doubtAfter(run.doubt, code, clock);
  return waitFor({ ...run, doubt }, Math.max(pause(clock.intervals.backOff, doubt.times), retryAfter ?? 0), clock);
}

/** Plans the next step in `ms` milliseconds, never after the deadline or more than an hour ahead. */
export function waitFor<R extends ActiveRun>(run: R, ms: number, { now, intervals }: Clock): R {
  return { ...run, nextAt: earliest(after(now, Math.min(ms, intervals.longestPause)), run.deadlineAt) };
}

export const doubtAfter = (before: Doubt | null, code: string, { now }: Clock): Doubt =>
  before?.code === code ? { ...before, times: before.times + 1 } : { code, since: instantOf(now), times: 1 };

/** How long the same has been seen, in milliseconds. */
export const doubtedFor = ({ since }: Doubt, { now }: Clock): number => millis(now) - millis(since);

export const isOver = (run: ActiveRun, { now }: Clock): boolean => millis(now) >= millis(run.deadlineAt);

/** The n-th pause (from 1) of a list whose last pause repeats. */
export function pause(row: readonly number[], n: number): number {
  return row[Math.min(Math.max(n, 1), row.length) - 1] ?? MINUTE;
}
