import { SECOND } from "../../backup/model/instant.ts";
import type { Intervals } from "../../backup/model/intervals.ts";
import { FAST_INTERVALS } from "../end-to-end/fast-intervals.ts";

/**
 * Those of the end-to-end tests, for a machine under load: several hosts that look at tens of HSMs on few cores needn't do
 * so every second, and fewer starts at a time are each quicker, so that fewer of them are unknown when a host is killed.
 */
export const CHAOS_INTERVALS: Intervals = {
  ...FAST_INTERVALS,
  reconcileSchedule: "*/5 * * * * *",
  sideBySide: 4,
  startTimeLimit: 6 * SECOND,
  callTimeLimit: 5 * SECOND,
  unattendedAfter: 10 * SECOND,
};
