import { after, type Instant, instantOf, isAhead, millis } from "../model/instant.ts";
import type { Intervals } from "../model/intervals.ts";
import { parseRunId } from "../model/names.ts";
import type { Schedule } from "../model/settings.ts";
import { type HsmState, newestSuccessOf } from "../model/state.ts";
import { pause } from "./next-look.ts";

/** The slot that a run is due for, and the number of the try, from 1. */
export type DueRun = { readonly slot: Instant; readonly attempt: number };
/** The next scheduled run, and from when it is due. */
export type NextRun = DueRun & { readonly from: Instant };

/** The next scheduled run, if it is due. */
export function dueRun(state: HsmState, schedule: Schedule, now: Date, intervals: Intervals): DueRun | undefined {
  const next = nextRun(state, schedule, now, intervals);
  return next && millis(now) >= millis(next.from) ? { slot: next.slot, attempt: next.attempt } : undefined;
}

/**
 * The newest slot is due when no run is active and no verified success was started since that slot. After an
 * unsuccessful try it is due again, with growing pauses, until it has a success or the next slot comes. Undefined while
 * a run is active, and where the schedule has no slot.
 */
export function nextRun(state: HsmState, schedule: Schedule, now: Date, intervals: Intervals): NextRun | undefined {
  if (state.active !== null) return undefined;
  const newest = schedule.newestSlot(now);
  const next = schedule.nextSlot(now);
  const atNext = next && { slot: instantOf(next), attempt: 1, from: instantOf(next) };
  if (newest === undefined) return atNext;
  const success = newestSuccessOf(state, now);
  if (success !== null && millis(success.startedAt) >= millis(newest)) return atNext;
  const slot = instantOf(newest);
  const tries = state.runs.filter((run) => run.slot === slot && !isAhead(run.endedAt, now));
  if (tries.length === 0) return { slot, attempt: 1, from: slot };
  const triedAt = new Date(Math.max(...tries.map(({ endedAt }) => millis(endedAt))));
  const from = after(triedAt, pause(intervals.retrySlot, tries.length));
  if (atNext && millis(atNext.from) <= millis(from)) return atNext;
  return { slot, attempt: 1 + Math.max(...tries.map(({ id }) => parseRunId(id)?.attempt ?? 0)), from };
}
