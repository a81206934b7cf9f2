import { activeFromListing, startOf } from "./active-from-listing.ts";
import { type ActiveRun, type Card, type EndedSummary, newCard, REMEMBERED_RUNS, summarize } from "./card.ts";
import type { Deps } from "./deps.ts";
import { type Instant, instantOf, millis } from "./instant.ts";
import { type ListedRun, listedRun, readRecord, recordsOf } from "./ledger.ts";
import { type EndedRun, isEnded, type Run } from "./run.ts";

const LISTED_AT_ONCE = 5_000;

/** A card made from the records of its HSM, or undefined where there are none. */
export async function rebuildCard(deps: Deps, hsm: string): Promise<Card | undefined> {
  const listed = await listRecords(deps, hsm);
  const [newest, oldest] = [listed[0], listed.at(-1)];
  if (newest === undefined || oldest === undefined) return undefined;
  const runs = await readRuns(deps, listed.slice(0, REMEMBERED_RUNS));
  const active = activeAmong(deps, newest, runs);
  const ended = runs.filter((run): run is EndedRun => isEnded(run) && run.id !== active.id);
  const summaries = ended.map((run) => summarize(run, null)).toSorted((a, b) => b.endedAt.localeCompare(a.endedAt));
  const firstSuccess = summaries.findIndex(({ state }) => state === "Succeeded");
  return {
    ...newCard(hsm, startOf(oldest)),
    judgedUntil: slotOf(deps, newest),
    active,
    runs: summaries,
    newestSuccess: summaries[firstSuccess] ?? (await olderSuccess(deps, listed.slice(REMEMBERED_RUNS))),
    failuresInARow: firstSuccess === -1 ? summaries.length : firstSuccess,
  };
}

async function listRecords(deps: Deps, hsm: string): Promise<readonly ListedRun[]> {
  const listed: ListedRun[] = [];
  let marker: string | undefined;
  do {
    const page = await deps.listBlobs(recordsOf(hsm), marker, LISTED_AT_ONCE);
    listed.push(...page.blobs.flatMap((blob) => listedRun(hsm, blob) ?? []));
    marker = page.marker;
  } while (marker !== undefined);
  return listed;
}

async function readRuns(deps: Deps, listed: readonly ListedRun[]): Promise<readonly Run[]> {
  const read = await Promise.all(listed.map(({ hsm, id }) => readRecord(deps, hsm, id)));
  return read.flatMap((record) => (record.outcome === "run" ? [record.run] : []));
}

/**
 * The run to go on with: one that hasn't ended; else the newest, if its record can't be read (it is made good from the
 * card); else the newest: finishing it once more tells its end at least once, and costs nothing.
 */
function activeAmong(deps: Deps, newest: ListedRun, runs: readonly Run[]): ActiveRun {
  const unended = runs.find((run) => !isEnded(run));
  if (unended !== undefined) return activeOf(unended);
  if (!runs.some(({ id }) => id === newest.id)) return activeFromListing(deps, newest);
  // A later try of a slot has an older name than a manual run in between.
  const lastEnded = runs.filter(isEnded).reduce((a, b) => (millis(b.endedAt) > millis(a.endedAt) ? b : a));
  return activeOf(lastEnded);
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
    const record = await readRecord(deps, run.hsm, run.id);
    if (record.outcome === "run" && record.run.state === "Succeeded") return summarize(record.run, null);
  }
  return null;
}
