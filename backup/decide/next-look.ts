import { after, earliest, instantOf, MINUTE, millis, SECOND } from "../model/instant.ts";
import type { Intervals } from "../model/intervals.ts";
import type { ActiveRun, Doubt } from "../model/run.ts";
import { median } from "../model/state.ts";

/**
 * What a decision is told of time. A step reads the clock once and uses this `now` throughout. `jobSeconds`: how long
 * the HSM's last successful jobs took, newest first.
 */
export type Clock = { readonly now: Date; readonly intervals: Intervals; readonly jobSeconds: readonly number[] };

/** Plans the next look at a running job, never before the HSM's `Retry-After` (milliseconds). */
export function planLook<R extends ActiveRun>(run: R, retryAfter: number | null, clock: Clock): R {
  const { intervals } = clock;
  const elapsed = jobTime(run, clock);
  const known = clock.jobSeconds.map((seconds) => seconds * SECOND);
  const planned = pauseByHistory(elapsed, known, intervals) ?? pauseOfUnknown(elapsed, run.trigger, intervals);
  return waitFor({ ...run, doubt: null }, Math.max(planned, intervals.lookShortest, retryAfter ?? 0), clock);
}

/** How long the job has run, in milliseconds: since the attempt that started it. */
export const jobTime = ({ attempts, startedAt }: ActiveRun, { now }: Clock): number =>
  Math.max(0, millis(now) - millis(attempts.at(-1)?.at ?? startedAt));

/** The end of an unknown job is known after this share of its time at the latest. */
const UNKNOWN_SHARE = 1 / 10;
/** Where a person waits, looks start early: after this share of the time so far. */
const WAITED_FOR_SHARE = 1 / 4;

/** The pause before a look at a job without history, or at one that takes longer than the history says. */
function pauseOfUnknown(elapsed: number, trigger: ActiveRun["trigger"], { lookUnknown }: Intervals): number {
  if (trigger === "manual" && elapsed * WAITED_FOR_SHARE < lookUnknown) return elapsed * WAITED_FOR_SHARE;
  return Math.max(lookUnknown, elapsed * UNKNOWN_SHARE);
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

// The constants were chosen by simulation: docs/decisions/0018-looks-by-history.md.

export type Constants = Readonly<
  Record<"priceShare" | "change" | "deviationShare" | "leastShare" | "few" | "late", number>
>;

export const PLAN: Constants = {
  /** The price of a look grows by this share of the usual duration: the longer a job, the less a late minute matters. */
  priceShare: 0.0015,
  /** Two or more newest durations that differ by this factor from all before are what is usual now. */
  change: 1.25,
  /** Width of each duration's distribution: this share of the deviation of all, and at least this share of itself. */
  deviationShare: 0.5,
  leastShare: 0.01,
  /** With few durations the least share grows by this, divided by the square of their number. */
  few: 5,
  /** A job that takes longer than any of the durations by so many widths is late. */
  late: 6,
};
/** The least width in shortest pauses. */
const LEAST_WIDTH = 0.2;
/** Times at which a look is considered. */
const TIMES = 120;

/**
 * The pause before the next look at a job that has run for `elapsed`, so that `looks x price + delay` is least, where
 * the next job takes as long as one of the last (`durations`, newest first), each with a logistic spread. Solved
 * backwards from the time at which the job is late. All in milliseconds; undefined without history, and for a late job.
 */
export function pauseByHistory(
  elapsed: number,
  durations: readonly number[],
  { lookShortest, lookPrice, longestPause }: Intervals,
  plan = PLAN,
): number | undefined {
  const known = sinceChange(durations, plan);
  const usual = median(known) ?? 0;
  const share = widthShare(known, usual, plan);
  const spread = known.map((duration) => ({
    duration,
    width: Math.max(duration * share, lookShortest * LEAST_WIDTH),
  }));
  const late = Math.max(0, ...spread.map(({ duration, width }) => duration + plan.late * width));
  if (elapsed >= late) return undefined;

  const price = lookPrice + usual * plan.priceShare;
  const step = (late - elapsed) / TIMES;
  // At each time: the chance that the job still runs, and that chance summed up until then.
  const runs = Array.from({ length: TIMES + 1 }, (_, i) => chanceToRun(elapsed + i * step, spread));
  const summed = [0];
  for (let i = 1; i <= TIMES; i++) summed.push(at(summed, i - 1) + (step * (at(runs, i - 1) + at(runs, i))) / 2);

  // The least cost from each time on, if a look at that time finds the job running.
  const costs = Array.from({ length: TIMES + 1 }, () => price * at(runs, TIMES));
  let best = TIMES;
  for (let i = TIMES - 1; i >= 0; i--) {
    let least = Number.POSITIVE_INFINITY;
    for (let j = i + 1; j <= TIMES && (j === i + 1 || (j - i) * step <= longestPause); j++) {
      const delay = at(runs, i) * (j - i) * step - (at(summed, j) - at(summed, i));
      const cost = price * at(runs, i) + delay + at(costs, j);
      if (cost < least) [least, best] = [cost, j];
    }
    costs[i] = least;
  }
  return best * step;
}

type Spread = { readonly duration: number; readonly width: number };

/** The chance that a job still runs at `time`: logistic around each of the durations. */
const chanceToRun = (time: number, spread: readonly Spread[]): number =>
  spread.reduce((sum, { duration, width }) => sum + 1 / (1 + Math.exp((time - duration) / width)), 0) / spread.length;

/** The durations since the last lasting change: one that is unlike all others is an exception, two are a change. */
function sinceChange(durations: readonly number[], { change }: Constants): readonly number[] {
  for (let count = 2; count < durations.length; count++) {
    const [newer, older] = [durations.slice(0, count), durations.slice(count)];
    const areLonger = Math.min(...newer) > change * Math.max(...older);
    if (areLonger || change * Math.max(...newer) < Math.min(...older)) return newer;
  }
  return durations;
}

function widthShare(durations: readonly number[], usual: number, plan: Constants): number {
  const distances = durations.map((duration) => Math.abs(duration - usual));
  const deviation = (median(distances) ?? 0) / Math.max(usual, 1);
  return Math.max(plan.deviationShare * deviation * NORMAL, plan.leastShare * (1 + plan.few / durations.length ** 2));
}

/** The median deviation of a normal distribution times this is its standard deviation. */
const NORMAL = 1.4826;

const at = (values: readonly number[], index: number): number => values[index] ?? 0;
