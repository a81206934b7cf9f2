import { type CallFailure, sentenceOf } from "./call-failed.ts";
import { after, earlier, type Instant, instantOf, millis } from "./instant.ts";
import { type Intervals, pause } from "./intervals.ts";
import { type Doubt, type EndedRun, endUnsuccessful, type RunError, type UnendedRun } from "./run.ts";

/** What follows from what was seen: wait for the run's `nextAt`, or the end. */
export type Next =
  | { readonly kind: "wait"; readonly run: UnendedRun }
  | { readonly kind: "end"; readonly run: EndedRun };

/** A folder to list before the run may be called a success. */
export type Verify = { readonly kind: "verify"; readonly folder: string; readonly folderUrl: string };

/** The answer of a call: what it gave, or why it failed. */
export type Seen<T> = { readonly value: T } | { readonly failure: CallFailure };

/** The time and the intervals that a decision is told. */
export type Clock = { readonly now: Date; readonly intervals: Intervals };

/** Each look at a running job waits this much longer than the one before, up to the longest pause. */
const LOOK_GROWTH = 1.25;

/** Waits with back-off, counting the looks that saw the same. */
export function lookAgain(run: UnendedRun, code: string, clock: Clock): Next {
  const doubt = doubtAfter(run.doubt, code, clock);
  return waitFor({ ...run, doubt }, pause(clock.intervals.backOff, doubt.looks), clock);
}

export const waitFor = (run: UnendedRun, ms: number, clock: Clock): Next => ({
  kind: "wait",
  run: { ...run, nextAt: earlier(after(clock.now, ms), run.deadlineAt) },
});

export const doubtAfter = (before: Doubt | null, code: string, { now }: Clock): Doubt =>
  before?.code === code ? { ...before, looks: before.looks + 1 } : { code, since: instantOf(now), looks: 1 };

export function nextLook(run: UnendedRun, retryAfter: number | null, { now, intervals }: Clock): Instant {
  const grown = Math.min(intervals.lookShortest * LOOK_GROWTH ** run.followUps, intervals.lookLongest);
  return earlier(after(now, Math.max(grown, retryAfter ?? 0)), run.deadlineAt);
}

export const isOver = (run: UnendedRun, { now }: Clock): boolean => millis(now) >= millis(run.deadlineAt);

export const fail = (run: UnendedRun, error: RunError, { now }: Clock): Next => ({
  kind: "end",
  run: endUnsuccessful(run, "Failed", error, instantOf(now)),
});

/** The deadline has come: `error` says what was seen last. */
export const timeOut = (run: UnendedRun, error: RunError, { now }: Clock): Next => ({
  kind: "end",
  run: endUnsuccessful(run, "TimedOut", error, instantOf(now)),
});

export const RAISE_DEADLINE = "Look at what the HSM is doing; raise BACKUP_DEADLINE if its backups take longer.";

/** What the operator may expect after an end that a next try can make good. */
export const nextTry = ({ slot }: UnendedRun): string =>
  slot === null ? "Start it again by hand." : "The next try of this slot follows by itself.";

export const errorOf = (failure: CallFailure, message = sentenceOf(failure)): RunError => ({
  code: failure.code,
  message,
  inner: failure.inner ?? [],
  remedy: failure.remedy,
});
