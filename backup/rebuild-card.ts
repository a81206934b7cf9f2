import { activeFromListing, listedEnd, startOf } from "./active-from-listing.ts";
import { type ActiveRun, type Card, type EndedSummary, newCard, REMEMBERED_RUNS, summarize } from "./card.ts";
import type { Deps } from "./deps.ts";
import { HOUR, type Instant, instantOf, millis } from "./instant.ts";
import { type ListedRun, listedRun, readRecord, recordsOf } from "./ledger.ts";
import { listFirst } from "./list-first.ts";
import { endListed } from "./log-events.ts";
import { isEnded, type Run } from "./run.ts";

/** A card made from the records of its HSM, or undefined where there are none. */
export async function rebuildCard(deps: Deps, hsm: string): Promise<Card | undefined> {
  const listed = (await listFirst(deps, recordsOf(hsm))).flatMap((blob) => listedRun(hsm, blob) ?? []);
  const [newest, oldest] = [listed[0], listed.at(-1)];
  if (newest === undefined || oldest === undefined) return undefined;
  const found = await readRuns(deps, listed.slice(0, REMEMBERED_RUNS));
  const active = activeAmong(deps, found);
  // Whoever wrote it may have died before he told it; who made its card again may be the first who can.
  const end = found[0]?.run === null ? listedEnd(newest) : undefined;
  if (end !== undefined) deps.log(endListed(hsm, end));
  const summaries = found
    .flatMap((each) => summaryOf(each) ?? [])
    .filter(({ id }) => id !== active?.id)
    .toSorted((a, b) => b.endedAt.localeCompare(a.endedAt));
  const runs = summaries.filter((end) => !mayBeUntold(deps, end, active));
  const firstSuccess = runs.findIndex(({ state }) => state === "Succeeded");
  return {
    ...newCard(hsm, startOf(oldest)),
    judgedUntil: slotOf(deps, newest),
    active,
    runs,
    newestSuccess:
      newestAmong(summaries.filter(({ state }) => state === "Succeeded")) ??
      (await olderSuccess(deps, listed.slice(REMEMBERED_RUNS))),
    failuresInARow: firstSuccess === -1 ? runs.length : firstSuccess,
  };
}

/** What is newest is what was begun last, whichever ended last. */
const newestAmong = (ends: readonly EndedSummary[]): EndedSummary | undefined =>
  ends.toSorted((a, b) => millis(b.startedAt) - millis(a.startedAt))[0];

/** Who looks for longer than that without a card being there is told of enough else. */
const TOLD_AFTER = 24 * HOUR;

/**
 * Whether nobody may have told this end yet: it is of today, or the run ended while the one to go on with was under way. What
 * was told stood on the card that was lost, and cards may be lost again and again. So it is left to be found as one that the
 * card doesn't know, which tells it: better twice than never.
 */
const mayBeUntold = ({ now }: Deps, { endedAt }: EndedSummary, active: ActiveRun | null): boolean =>
  millis(endedAt) > millis(now()) - TOLD_AFTER || (active !== null && millis(endedAt) > millis(active.at));

/** A listed record and the run in it; null where it can't be read, or a newer app wrote it. */
type Found = { readonly listed: ListedRun; readonly run: Run | null };

const readRuns = (deps: Deps, listed: readonly ListedRun[]): Promise<readonly Found[]> =>
  Promise.all(
    listed.map(async (each) => {
      const record = await readRecord(deps, each.hsm, each.id);
      return { listed: each, run: record.outcome === "run" ? record.run : null };
    }),
  );

/** How a run ended; where its record can't be read, by what its writer put into the listing. */
function summaryOf({ listed, run }: Found): EndedSummary | undefined {
  if (run === null) return listedEnd(listed);
  return isEnded(run) ? summarize(run, null) : undefined;
}

/**
 * The run to go on with: one that hasn't ended; else the newest, if its record can't be read (it is made good from the
 * card) and nothing says that it has ended; else the last to end: finishing it once more tells its end at least once, and
 * costs nothing.
 */
function activeAmong(deps: Deps, found: readonly Found[]): ActiveRun | null {
  const runs = found.flatMap(({ run }) => run ?? []);
  const unended = runs.find((run) => !isEnded(run));
  if (unended !== undefined) return activeOf(unended);
  const newest = found[0];
  if (newest?.run === null && listedEnd(newest.listed) === undefined) return activeFromListing(deps, newest.listed);
  // A later try of a slot has an older name than a manual run in between.
  const lastEnded = runs.filter(isEnded).toSorted((a, b) => millis(b.endedAt) - millis(a.endedAt))[0];
  return lastEnded === undefined ? null : activeOf(lastEnded);
}

const activeOf = (run: Run): ActiveRun => {
  const { id, slot, trigger, startedAt, deadlineAt, storageUrl, container, traceparent } = run;
  return { id, slot, trigger, key: null, at: startedAt, deadlineAt, storageUrl, container, traceparent };
};

/** The slot in whose window the newest run was started: what came before it was judged, or can't be known any more. */
function slotOf({ settings }: Deps, newest: ListedRun): Instant {
  const at = startOf(newest);
  const slot = settings.schedule.newestSlot(new Date(millis(at)));
  return slot === undefined ? at : instantOf(slot);
}

/** The newest success among records that a card doesn't remember one by one. */
async function olderSuccess(deps: Deps, listed: readonly ListedRun[]): Promise<EndedSummary | null> {
  for (const run of listed.filter(({ state }) => state === "Succeeded")) {
    const [found] = await readRuns(deps, [run]);
    const summary = found && summaryOf(found);
    if (summary?.state === "Succeeded") return summary;
  }
  return null;
}
