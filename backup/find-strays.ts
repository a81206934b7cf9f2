import { activeFromListing } from "./active-from-listing.ts";
import type { Card } from "./card.ts";
import type { Deps } from "./deps.ts";
import { finishRun } from "./finish-run.ts";
import { type ListedRun, listedRun, readRecord, recordsOf, type Stored } from "./ledger.ts";
import { isEnded, isEndState, type Run } from "./run.ts";
import { finishedInListing, tendRun } from "./tend-run.ts";

/** Fewer than the runs that a card remembers: what is among the newest records and not on the card is unknown to it. */
const NEWEST_RECORDS = 20;

/**
 * Runs with a record that their HSM's card doesn't know of: the card was lost, or an older one was put back by hand. Their
 * messages carry them on; but only who looks for them sees when these are gone too. One call.
 */
export async function findStrays(deps: Deps, card: Card): Promise<readonly ListedRun[]> {
  const { blobs } = await deps.listBlobs(recordsOf(card.hsm), undefined, NEWEST_RECORDS);
  const known = new Set([card.active?.id, ...card.runs.map(({ id }) => id)]);
  return blobs.flatMap((blob) => listedRun(card.hsm, blob) ?? []).filter(({ id }) => !known.has(id));
}

/** As `tendRun`, for a run that no card has in hand. */
export async function tendStray(deps: Deps, stray: ListedRun): Promise<Stored<Run> | undefined> {
  if (!isEndState(stray.state)) return tendRun(deps, stray.hsm, activeFromListing(deps, stray));
  const record = await readRecord(deps, stray.hsm, stray.id);
  // The end of one that can't be read, or that a newer app wrote, stands in its listing: it isn't written anew.
  if (record.outcome === "newer") await finishedInListing(deps, stray.hsm, stray.id);
  else if (record.outcome === "run" && isEnded(record.run)) await finishRun(deps, record.run);
  return undefined;
}
