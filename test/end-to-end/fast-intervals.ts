import { SECOND } from "../../backup/instant.ts";
import type { Intervals } from "../../backup/intervals.ts";

/** The protocol's intervals in seconds instead of minutes, in the same order of size, so that a test of time takes little. */
export const FAST_INTERVALS: Intervals = {
  reconcileSchedule: "*/2 * * * * *",
  reconcileBudget: 5 * SECOND,
  reconcileLimit: 20 * SECOND,
  sideBySide: 16,
  startTimeLimit: 3 * SECOND,
  callTimeLimit: 5 * SECOND,
  startGrace: 6 * SECOND,
  unfollowedAfter: 3 * SECOND,
  wakeUpLifetime: 10 * SECOND,
  overdueGrace: 5 * SECOND,
  backOff: [1 * SECOND],
  denialGrace: 4 * SECOND,
  jobLostAfter: 1 * SECOND,
  lookShortest: 1 * SECOND,
  lookLongest: 1 * SECOND,
  retrySlot: [3 * SECOND],
};
