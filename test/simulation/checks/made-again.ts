import type { MakeCheck } from "../facts.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { MINUTE, newestSlot } from "./spans.ts";
import { clock } from "./words.ts";

/** Who makes a card again lists the records before, and reads them. */
const READ_BEFORE = 5 * MINUTE;

/** A card that was lost is made again from the records that are left, and what a newer version wrote on it is kept. */
export const madeAgain: MakeCheck = () => {
  const ledger = watchLedger();
  const recordedAt = new Map<string, number>();
  return {
    name: "a lost card is made again from its records, and keeps what it doesn't know",
    see(fact, view) {
      const change = ledger.see(fact);
      if (change?.kind === "record") {
        if (!recordedAt.has(change.run)) recordedAt.set(change.run, fact.at);
        return [];
      }
      if (change?.kind !== "card" || change.byHand || change.card === undefined) return [];
      const { hsm, before, card, isHandMade } = change;
      if (before !== undefined) {
        const lost = isHandMade ? [] : before.fields.filter((field) => !card.fields.includes(field));
        return lost.length === 0 ? [] : [`the card of ${hsm} lost its ${lost.join(", ")}`];
      }
      const known = [...ledger.records.values()].filter(
        (run) =>
          run.hsm === hsm &&
          run.version === THIS_VERSION &&
          ledger.recordLostAt(run.id) === NEVER &&
          (recordedAt.get(run.id) ?? fact.at) < fact.at - READ_BEFORE,
      );
      // Two runs of one slot are listed by their names, not by their starts.
      const sinceSlot = newestSlot(view, card.since) ?? card.since;
      const older = known.find(({ startedAt }) => startedAt < sinceSlot);
      if (older !== undefined)
        return [`the card of ${hsm} was made again with ${clock(card.since)} as its since, and ${older.id} is older`];
      const unended = known.find(({ isEnded }) => !isEnded);
      return unended === undefined || card.active !== null
        ? []
        : [`the card of ${hsm} was made again as a free one, while ${unended.id} had not ended`];
    },
  };
};

const THIS_VERSION = 1;
