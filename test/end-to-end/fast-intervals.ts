import { SECOND } from "../../backup/model/instant.ts";
import type { Intervals } from "../../backup/model/intervals.ts";

/**
 * The protocol's intervals in seconds instead of minutes. A call has the time that a busy machine needs, and a step is
 * late only after more than a POST may take.
 */
export const FAST_INTERVALS: Intervals = {
  reconcileSchedule: "* * * * * *",
  reconcileBudget: 5 * SECOND,
  sideBySide: 16,
  startTimeLimit: 5 * SECOND,
  callTimeLimit: 20 * SECOND,
  unattendedAfter: 7 * SECOND,
  longestPause: 10 * SECOND,
  backOff: [1 * SECOND],
  denialGrace: 3 * SECOND,
  certaintyPause: 1 * SECOND,
  lookShortest: 0.5 * SECOND,
  lookUnknown: 1 * SECOND,
  lookPrice: 0.2 * SECOND,
  retrySlot: [2 * SECOND],
  overdueGrace: 2 * SECOND,
};
