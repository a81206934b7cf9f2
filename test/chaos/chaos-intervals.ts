import { SECOND } from "../../backup/instant.ts";
import type { Intervals } from "../../backup/intervals.ts";
import { FAST_INTERVALS } from "../end-to-end/fast-intervals.ts";

/**
 * Those of the end-to-end tests, for a machine under load: several hosts that look at tens of HSMs on few cores needn't do
 * so every other second, and do better one after the other when tens of starts begin with a slot: the fewer are under way
 * at a time, the shorter each takes, and the fewer are unknown when a host is killed.
 */
export const CHAOS_INTERVALS: Intervals = {
  ...FAST_INTERVALS,
  reconcileSchedule: "*/5 * * * * *",
  sideBySide: 4,
  startTimeLimit: 6 * SECOND,
  startGrace: 10 * SECOND,
};
