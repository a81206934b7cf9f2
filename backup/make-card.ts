import { type Card, newCard } from "./card.ts";
import { cardContended } from "./card-contended.ts";
import type { Deps } from "./deps.ts";
import { instantOf } from "./instant.ts";
import { cardName, keepDamaged, readCard, type Stored, writeCard } from "./ledger.ts";
import { repaired } from "./log-events.ts";
import { rebuildCard } from "./rebuild-card.ts";

/** Two sides may make a card at once; the loser reads what the winner wrote. */
const RACES = 5;

/** The card of an HSM. One that is gone or can't be read is made again from the HSM's records; its bytes are kept. */
export async function readOrMakeCard(deps: Deps, hsm: string): Promise<Stored<Card>> {
  for (let race = 0; race < RACES; race++) {
    const read = await readCard(deps, hsm);
    if (read.outcome === "card") return { value: read.card, etag: read.etag };
    const rebuilt = await rebuildCard(deps, hsm);
    const card = rebuilt ?? newCard(hsm, instantOf(deps.now()));
    if (read.outcome === "unreadable") {
      const keptAs = await keepDamaged(deps, cardName(hsm), read.body);
      deps.log(repaired(cardName(hsm), read.problem, keptAs));
    } else if (rebuilt !== undefined) {
      deps.log(repaired(cardName(hsm), "it was gone", null));
    }
    const written = await writeCard(deps, card, read.outcome === "absent" ? null : read.etag);
    if (written.outcome === "written") return { value: card, etag: written.etag };
  }
  throw cardContended(hsm, RACES);
}
