import { type Instant, instantOf, isAhead, millis, SECOND } from "../model/instant.ts";
import { parseRunId } from "../model/names.ts";
import type { Schedule } from "../model/settings.ts";
import type { CoverageSlot } from "../model/views/coverage-view.ts";
import type { ListedRun } from "../model/views/listed-run.ts";

/** A slot and the one after it, in milliseconds since the epoch. A run started in between belongs to the slot. */
export type SlotSpan = { readonly slot: number; readonly next: number };

/** The slots of a schedule from `since` to `until`, newest first. `hasMore`: there are older ones than the `most` given. */
export function slotsBetween(
  schedule: Schedule,
  { since, until, most }: { readonly since: Date; readonly until: Date; readonly most: number },
): { readonly spans: readonly SlotSpan[]; readonly hasMore: boolean } {
  const spans: SlotSpan[] = [];
  let next = schedule.nextSlot(until)?.getTime() ?? Number.POSITIVE_INFINITY;
  let slot = schedule.newestSlot(until)?.getTime();
  while (slot !== undefined && slot >= since.getTime()) {
    if (spans.length === most) return { spans, hasMore: true };
    spans.push({ slot, next });
    next = slot;
    slot = schedule.newestSlot(new Date(slot - 1))?.getTime();
  }
  return { spans, hasMore: false };
}

/** What is known besides slots and runs. `slotTime`: milliseconds after a slot until its run is missing. */
export type Known = { readonly now: Date; readonly firstSeenAt: Instant | null; readonly slotTime: number };

/**
 * What became of each of these slots, which are adjacent and newest first. `runs`: at least those that were started
 * since the oldest slot, and an older one where there is one: no slot is missed that ended before the HSM was known.
 */
export function coverageOf(
  spans: readonly SlotSpan[],
  runs: readonly ListedRun[],
  { now, firstSeenAt, slotTime }: Known,
): readonly CoverageSlot[] {
  const started = runs.flatMap(startedRun).filter(({ startedAt }) => !isAhead(startedAt, now));
  const newestFirst = started.toSorted((a, b) => millis(b.startedAt) - millis(a.startedAt));
  const firsts = [
    instantOf(now),
    ...(firstSeenAt === null ? [] : [firstSeenAt]),
    ...newestFirst.slice(-1).map(startOf),
  ];
  const knownSince = Math.min(...firsts.map(millis));
  let from = 0;
  return spans.map(({ slot, next }) => {
    while (isSince(newestFirst[from], next)) from += 1;
    let to = from;
    while (isSince(newestFirst[to], slot)) to += 1;
    const own = newestFirst.slice(from, to);
    from = to;
    const hasEnded = next <= millis(now);
    const isMissed = knownSince < next && (hasEnded || millis(now) > slot + slotTime);
    return viewOf(slot, own, isMissed ? "missed" : "notDue");
  });
}

type StartedRun = ListedRun & { readonly startedAt: Instant };
const startOf = ({ startedAt }: StartedRun): Instant => startedAt;
const isSince = (run: StartedRun | undefined, at: number): boolean => run !== undefined && millis(run.startedAt) >= at;
const isActive = ({ state }: ListedRun): boolean => state === "Starting" || state === "InProgress";
const isSuccess = ({ state }: ListedRun): boolean => state === "Succeeded";

/** A slot with its runs, newest first. While one is active, no slot is missed: it still has time. */
function viewOf(slot: number, runs: readonly StartedRun[], withoutRun: "missed" | "notDue"): CoverageSlot {
  const success = runs.find(isSuccess);
  const failures = runs.filter((run) => !isSuccess(run) && !isActive(run)).length;
  const isRunning = runs.some(isActive);
  const unsuccessful = failures > 0 ? "failed" : isRunning ? "notDue" : withoutRun;
  return {
    slot: instantOf(new Date(slot)),
    state: success === undefined ? unsuccessful : "covered",
    run: (success ?? runs[0])?.id ?? null,
    failures,
    isRunning,
    seconds: success === undefined ? null : secondsOf(success),
    bytes: success?.bytes ?? null,
  };
}

/** Where the metadata of a run was lost, the instant in its id counts. */
function startedRun(run: ListedRun): readonly StartedRun[] {
  const isReadable = run.startedAt !== null && !Number.isNaN(millis(run.startedAt));
  const startedAt = isReadable ? run.startedAt : parseRunId(run.id)?.at;
  return startedAt ? [{ ...run, startedAt }] : [];
}

function secondsOf({ startedAt, endedAt }: StartedRun): number | null {
  const seconds = endedAt === null ? Number.NaN : Math.round((millis(endedAt) - millis(startedAt)) / SECOND);
  return seconds >= 0 ? seconds : null;
}
