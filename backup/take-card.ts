import type { ActiveRun, Card } from "./card.ts";
import { cardContended } from "./card-contended.ts";
import type { Deps } from "./deps.ts";
import { finishRun } from "./finish-run.ts";
import { millis } from "./instant.ts";
import { readRecord, writeCard } from "./ledger.ts";
import { readOrMakeCard } from "./make-card.ts";
import { isEnded } from "./run.ts";

/** What taking a card came to. `busy` and `repeated` name the run that stands there; nothing was written for ours. */
export type Taken =
  | { readonly outcome: "taken"; readonly active: ActiveRun }
  | { readonly outcome: "busy"; readonly run: string }
  | { readonly outcome: "repeated"; readonly run: string }
  | { readonly outcome: "notDue" };

/** Makes the run to put on a free card, or undefined where the card says that none is due. */
export type Wanted = { readonly key: string | null; readonly runFor: (card: Card) => ActiveRun | undefined };

/** Losing more races than that on one card means that something else is wrong. */
const RACES = 10;

/**
 * The first write of a run and its only refusal. Whoever reads the run on the card goes on with it, so this is also the
 * durable intent. A lost ETag, or a write whose answer was lost, is judged by reading again.
 */
export async function takeCard(deps: Deps, hsm: string, wanted: Wanted): Promise<Taken> {
  const mine: ActiveRun[] = [];
  let failed: unknown;
  for (let race = 0; race < RACES; race++) {
    const { value: card, etag } = await readOrMakeCard(deps, hsm);
    // Ours may stand there although its write seemed lost, or have ended already.
    const won = mine.find(({ id }) => id === card.active?.id || card.runs.some((run) => run.id === id));
    if (won !== undefined) return { outcome: "taken", active: won };
    const repeated = wanted.key === null ? undefined : runWithKey(deps, card, wanted.key);
    if (repeated !== undefined) return { outcome: "repeated", run: repeated };
    if (card.active !== null) {
      if (await finishEnded(deps, card)) continue;
      return { outcome: "busy", run: card.active.id };
    }
    const active = wanted.runFor(card);
    if (active === undefined) return { outcome: "notDue" };
    mine.push(active);
    try {
      const written = await writeCard(deps, { ...card, active }, etag);
      if (written.outcome === "written") return { outcome: "taken", active };
    } catch (thrown) {
      failed = thrown;
    }
  }
  throw failed ?? cardContended(hsm, RACES);
}

/** A card may still be held by a run that has ended: whoever ended it died before giving it back. */
async function finishEnded(deps: Deps, card: Card): Promise<boolean> {
  if (card.active === null) return false;
  const record = await readRecord(deps, card.hsm, card.active.id);
  if (record.outcome !== "run" || !isEnded(record.run)) return false;
  await finishRun(deps, record.run);
  return true;
}

/** The run that was started with this key, younger than the deadline: the same start, sent again. */
function runWithKey(deps: Deps, card: Card, key: string): string | undefined {
  const oldest = millis(deps.now()) - deps.settings.deadline;
  if (card.active?.key === key && millis(card.active.at) > oldest) return card.active.id;
  return card.runs.find((run) => run.key === key && millis(run.startedAt) > oldest)?.id;
}
