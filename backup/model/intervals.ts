import { HOUR, MINUTE, SECOND } from "./instant.ts";

/**
 * Every interval of the protocol, in milliseconds unless another unit is named. Passed to `register`; never settings.
 */
export type Intervals = {
  /** NCRONTAB of the timer. */
  readonly reconcileSchedule: string;
  /** How long one tick takes steps itself. After that it sends messages instead. */
  readonly reconcileBudget: number;
  /** HSMs that one tick handles in parallel. */
  readonly sideBySide: number;
  /** Time limit of the POST that starts a backup, including its token. */
  readonly startTimeLimit: number;
  /** Time limit of every other call; of a listing, per page. */
  readonly callTimeLimit: number;
  /** A run whose step is this late is unattended. Longer than any step but a long listing. */
  readonly unattendedAfter: number;
  /** No step is planned further ahead than this, whatever `Retry-After` says. */
  readonly longestPause: number;
  /** Pauses after the first, second, third … failure of the same kind. The last pause repeats. */
  readonly backOff: readonly number[];
  /** How long attempts continue after 401, 403 or a refused SAS: role assignments take minutes to propagate. */
  readonly denialGrace: number;
  /** Time between two looks that must both find a job unknown or rejected. */
  readonly certaintyPause: number;
  /** No pause between two looks at a running job is shorter. */
  readonly lookShortest: number;
  /** The pause between looks at a job of which nothing is known, while a tenth of its time so far is less. */
  readonly lookUnknown: number;
  /** One look is worth as much as knowing the end that much earlier. For long jobs a share of their time is added. */
  readonly lookPrice: number;
  /** Pauses after the first, second, third … unsuccessful run of a slot. The last pause repeats. */
  readonly retrySlot: readonly number[];
  /** An HSM is overdue when the backup of a slot is still missing this long after the deadline. */
  readonly overdueGrace: number;
};

export const INTERVALS: Intervals = {
  reconcileSchedule: "0 */5 * * * *",
  reconcileBudget: 2 * MINUTE,
  sideBySide: 16,
  startTimeLimit: MINUTE,
  callTimeLimit: 30 * SECOND,
  unattendedAfter: 5 * MINUTE,
  longestPause: 55 * MINUTE,
  backOff: [1 * MINUTE, 2 * MINUTE, 5 * MINUTE],
  denialGrace: 15 * MINUTE,
  certaintyPause: MINUTE,
  lookShortest: 10 * SECOND,
  lookUnknown: MINUTE,
  lookPrice: 5 * SECOND,
  retrySlot: [15 * MINUTE, 1 * HOUR, 2 * HOUR, 4 * HOUR],
  overdueGrace: HOUR,
};
