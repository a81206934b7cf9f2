import { type ActiveRun, type Card, newCard, REMEMBERED_RUNS, summarize } from "./card.ts";
import type { Deps } from "./deps.ts";
import { after, instantOf } from "./instant.ts";
import {
  cardName,
  keepDamaged,
  listedRun,
  readCard,
  readRecord,
  recordName,
  recordsOf,
  type Stored,
  writeCard,
  writeRecord,
} from "./ledger.ts";
import { repaired } from "./log-events.ts";
import { makeRun } from "./make-run.ts";
import { type EndedRun, endUnsuccessful, isEnded, type Run } from "./run.ts";

/** Two sides may make a card at once; the loser reads what the winner wrote. */
const RACES = 5;

/** The card of an HSM. One that is gone or can't be read is made again from the HSM's records; its bytes are kept. */
export async function readOrMakeCard(deps: Deps, hsm: string): Promise<Stored<Card>> {
  for (let race = 0; race < RACES; race++) {
    const read = await readCard(deps, hsm);
    if (read.outcome === "card") return { value: read.card, etag: read.etag };
    const { card, records } = await rebuild(deps, hsm);
    if (read.outcome === "unreadable") {
      const keptAs = await keepDamaged(deps, cardName(hsm), read.body);
      deps.log(repaired(cardName(hsm), read.problem, keptAs));
    } else if (records > 0) {
      deps.log(repaired(cardName(hsm), "it was gone", null));
    }
    const written = await writeCard(deps, card, read.outcome === "absent" ? null : read.etag);
    if (written.outcome === "written") return { value: card, etag: written.etag };
  }
  throw new Error(`The card of ${hsm} was changed by somebody else ${RACES} times while it was made.`);
}

/**
 * A card made from the newest records. The run to go on with is the newest one that hasn't ended or, where all have, the
 * newest: finishing it once more tells its end at least once, and costs nothing.
 */
async function rebuild(deps: Deps, hsm: string): Promise<{ card: Card; records: number }> {
  const runs = await newestRuns(deps, hsm);
  const active = runs.find((run) => !isEnded(run)) ?? runs[0];
  const oldest = runs.at(-1);
  const empty = newCard(hsm, instantOf(deps.now()));
  if (active === undefined || oldest === undefined) return { card: empty, records: 0 };
  const ended = runs.filter((run): run is EndedRun => isEnded(run) && run.id !== active.id);
  const summaries = ended.map((run) => summarize(run, null)).toSorted((a, b) => b.endedAt.localeCompare(a.endedAt));
  const firstSuccess = summaries.findIndex(({ state }) => state === "Succeeded");
  const card: Card = {
    ...empty,
    since: oldest.startedAt,
    judgedUntil: runs[0]?.startedAt ?? empty.judgedUntil,
    active: activeOf(active),
    runs: summaries,
    newestSuccess: summaries[firstSuccess] ?? null,
    failuresInARow: firstSuccess === -1 ? summaries.length : firstSuccess,
  };
  return { card, records: runs.length };
}

async function newestRuns(deps: Deps, hsm: string): Promise<readonly Run[]> {
  const page = await deps.listBlobs(recordsOf(hsm), undefined, REMEMBERED_RUNS);
  const ids = page.blobs.flatMap((blob) => listedRun(hsm, blob)?.id ?? []);
  const read = await Promise.all(ids.map((id) => readRecord(deps, hsm, id)));
  return read.flatMap((record) => (record.outcome === "run" ? [record.run] : []));
}

const activeOf = (run: Run): ActiveRun => {
  const { id, slot, trigger, startedAt, deadlineAt, storageUrl, container, traceparent } = run;
  return { id, slot, trigger, key: null, at: startedAt, deadlineAt, storageUrl, container, traceparent };
};

/** Ends the card's run whose record can't be read: keeps the bytes, and writes what the card knows of it as `Failed`. */
export async function endUnreadable(
  deps: Deps,
  hsm: string,
  active: ActiveRun,
  damaged: { readonly body: Uint8Array; readonly etag: string; readonly problem: string },
): Promise<EndedRun | undefined> {
  const name = recordName(hsm, active.id);
  const keptAs = await keepDamaged(deps, name, damaged.body);
  deps.log(repaired(name, damaged.problem, keptAs));
  const run = endUnsuccessful(
    makeRun(hsm, active, deps.intervals.startGrace),
    "Failed",
    {
      code: "recordUnreadable",
      message: `The record of this run couldn't be read (${damaged.problem}); its bytes are kept as ${keptAs}.`,
      inner: [],
      remedy: "Find out who else writes to the ledger; the next try of this slot follows by itself.",
    },
    after(deps.now(), 0),
  );
  const written = await writeRecord(deps, run, damaged.etag);
  return written.outcome === "written" ? run : undefined;
}
