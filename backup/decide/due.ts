import { type Instant, instantOf, isAhead, millis } from "../model/instant.ts";
import type { Intervals } from "../model/intervals.ts";
import { parseRunId } from "../model/names.ts";
import type { Schedule } from "../model/settings.ts";
import { type HsmState, newestSuccessOf } from "../model/state.ts";
import { pause } from "./next-look.ts";

/** The slot that a run is due for, and the number of the try, from 1. */
export type DueRun = { readonly slot: Instant; readonly attempt: number };

/**
 * The newest slot is due when no run is active and no verified success was started since that slot. After an
 * unsuccessful try it is due again, with growing pauses, until it has a success or the next slot comes.
 */
export function dueRun(state: HsmState, schedule: Schedule, now: Date, intervals: Intervals): DueRun | undefined {
  const newest = schedule.newestSlot(now);
  if (state.active !== null || newest === undefined) return undefined;
  const success = newestSuccessOf(state, now);
  if (success !== null && millis(success.startedAt) >= millis(newest)) return undefined;
  const slot = instantOf(newest);
  const tries = state.runs.filter((run) => run.slot === slot && !isAhead(run.endedAt, now));
  const triedAt = Math.max(...tries.map(({ endedAt }) => millis(endedAt)));
  if (millis(now) < triedAt + pause(intervals.retrySlot, tries.length)) return undefined;
  return { slot, attempt: 1 + Math.max(0, ...tries.map(({ id }) => parseRunId(id)?.attempt ?? 0)) };
}
