import { HOUR, MINUTE, SECOND } from "./instant.ts";

/** Every interval of the protocol, in milliseconds where no other unit is named. Handed to `register`; never settings. */
export type Intervals = {
  /** NCRONTAB of the reconcile timer. */
  readonly reconcileSchedule: string;
  /** How long one reconcile may go on starting and following runs itself; the queue takes the rest. */
  readonly reconcileBudget: number;
  /** After that long one reconcile begins with no further HSM; well below host.json's `functionTimeout`. */
  readonly reconcileLimit: number;
  /** HSMs and runs that one reconcile works on side by side. */
  readonly sideBySide: number;
  /** Time limit of the POST that starts a backup, its token included. Shorter than `startGrace`. */
  readonly startTimeLimit: number;
  /** Time limit of every other call. */
  readonly callTimeLimit: number;
  /** How long a start that nobody answered for is left to whoever may still be at it. */
  readonly startGrace: number;
  /** A run that is this far past its `nextAt` is followed by nobody. */
  readonly unfollowedAfter: number;
  /** How long a wake-up stays in the queue. */
  readonly wakeUpLifetime: number;
  /** A run that is this far past its deadline is ended by reconcile itself. */
  readonly overdueGrace: number;
  /** Pauses after the first, second, third … failure of the same kind; the last one repeats. */
  readonly backOff: readonly number[];
  /** How long 401, 403 and a refused SAS are tried again: role assignments take minutes to spread. */
  readonly denialGrace: number;
  /** Two looks that far apart make a job that the HSM doesn't know a lost one. */
  readonly jobLostAfter: number;
  /** Shortest and longest pause between two looks at a running job. */
  readonly lookShortest: number;
  readonly lookLongest: number;
  /** Pauses after the first, second, third … unsuccessful run of a slot; the last one repeats. */
  readonly retrySlot: readonly number[];
};

export const INTERVALS: Intervals = {
  reconcileSchedule: "0 */5 * * * *",
  reconcileBudget: MINUTE,
  reconcileLimit: 4 * MINUTE,
  sideBySide: 16,
  startTimeLimit: MINUTE,
  callTimeLimit: 30 * SECOND,
  startGrace: 3 * MINUTE,
  unfollowedAfter: 15 * MINUTE,
  wakeUpLifetime: 10 * MINUTE,
  overdueGrace: 30 * MINUTE,
  backOff: [1 * MINUTE, 2 * MINUTE, 5 * MINUTE],
  denialGrace: 15 * MINUTE,
  jobLostAfter: MINUTE,
  lookShortest: 10 * SECOND,
  lookLongest: MINUTE,
  retrySlot: [15 * MINUTE, 1 * HOUR, 2 * HOUR, 4 * HOUR],
};

/** The n-th pause (counted from 1) of a row whose last pause repeats. */
export function pause(row: readonly number[], n: number): number {
  return row[Math.min(Math.max(n, 1), row.length) - 1] ?? MINUTE;
}
