import { type Card, type EndedSummary, giveBack, knowsEnd, summarize } from "./card.ts";
import { cardContended } from "./card-contended.ts";
import type { Deps } from "./deps.ts";
import { instantOf } from "./instant.ts";
import { readCard, writeCard } from "./ledger.ts";
import { ended, endListed, stepFailed } from "./log-events.ts";
import { toRecord } from "./record.ts";
import type { EndedRun } from "./run.ts";

const RACES = 10;

/**
 * Copies the record beside the backup, tells the end, and gives the card back with the result, in this order: whoever
 * finds the card still taken by an ended run does it all again. Told at least once, folded in exactly once.
 */
export async function finishRun(deps: Deps, run: EndedRun): Promise<void> {
  const before = await readCard(deps, run.hsm);
  if (before.outcome !== "card" || knowsEnd(before.card, run)) return;
  await copyBeside(deps, run);
  deps.tracing?.end(run);
  deps.log(ended(run, before.card));
  await fold(deps, run.hsm, summarize(run, null), before);
}

/** The same for an end that no record tells that this version can read: the listing does, or the card alone. */
export async function finishListed(deps: Deps, hsm: string, end: EndedSummary): Promise<void> {
  const before = await readCard(deps, hsm);
  if (before.outcome !== "card" || knowsEnd(before.card, end)) return;
  deps.log(endListed(hsm, end));
  await fold(deps, hsm, end, before);
}

async function fold(deps: Deps, hsm: string, end: EndedSummary, first: { card: Card; etag: string }): Promise<void> {
  let { card, etag } = first;
  for (let race = 0; race < RACES; race++) {
    const written = await writeCard(deps, giveBack(card, end, instantOf(deps.now())), etag);
    if (written.outcome === "written") return;
    const read = await readCard(deps, hsm);
    if (read.outcome !== "card" || knowsEnd(read.card, end)) return;
    ({ card, etag } = read);
  }
  throw cardContended(hsm, RACES);
}

/** The dated container explains itself when the app is gone. A copy that fails holds nothing up. */
async function copyBeside(deps: Deps, run: EndedRun): Promise<void> {
  // Without an attempt the container was never made; an account that was changed since isn't ours to write to.
  if (run.attempts.length === 0 || run.storageUrl !== deps.settings.storageUrl) return;
  try {
    await deps.writeBeside(run.container, `${run.id}.backup.json`, JSON.stringify(toRecord(run), null, 2));
  } catch (thrown) {
    deps.log(stepFailed("copy the record beside the backup", { hsm: run.hsm, run: run.id }, thrown));
  }
}
