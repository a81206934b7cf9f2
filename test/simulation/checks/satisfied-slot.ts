import type { MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import { isInWindow } from "./spans.ts";
import { watchSuccesses } from "./success-model.ts";
import { slotWords } from "./words.ts";

/** Invariant 2. A card that was put back by hand may say anything; one that is gone or can't be read explains nothing. */
export const satisfiedSlot: MakeCheck = () => {
  const ledger = watchLedger();
  const successes = watchSuccesses(ledger);
  return {
    name: "a satisfied slot is never started again",
    see(fact, view) {
      const change = ledger.see(fact);
      if (change?.kind !== "card") return [];
      const { hsm, before, card, byHand, isHandMade } = change;
      const active = card?.active ?? null;
      const slot = active?.slot ?? null;
      // Where nothing stood before, the card was made again from the records: nobody took it.
      const isTaken = before !== undefined && active !== null && before.active?.id !== active.id;
      const isJudged = isTaken && !byHand && !isHandMade && slot !== null;
      const success = isJudged
        ? successes.of(hsm).find(({ startedAt }) => isInWindow(view, slot, startedAt))
        : undefined;
      successes.see(change);
      if (success === undefined || active === null) return [];
      return [`${active.id} of ${hsm} was started for its ${slotWords(slot)}, which ${success.run} had satisfied`];
    },
  };
};
