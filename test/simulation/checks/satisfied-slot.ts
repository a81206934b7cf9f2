import type { MakeCheck } from "../facts.ts";
import { OUTAGES, UNSURE_CALLS, watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { isInWindow, MINUTE } from "./spans.ts";
import { watchSuccesses } from "./success-model.ts";
import { slotWords } from "./words.ts";

/** A look that waits for several calls before it starts what is due. */
const LONGEST_LOOK = 10 * MINUTE;
const LOOK_FAILS = [...UNSURE_CALLS, ...OUTAGES];

/**
 * Invariant 2. A card that was put back by hand may say anything, until its runs are looked for; where that fails, or
 * somebody puts it back in the midst of a look, one backup too many is better than none. One that is gone or can't be read explains nothing.
 */
export const satisfiedSlot: MakeCheck = () => {
  const ledger = watchLedger();
  const successes = watchSuccesses(ledger);
  const faults = watchFaults();
  return {
    name: "a satisfied slot is never started again",
    see(fact, view) {
      faults.see(fact);
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
      const lostAt = ledger.cardLostAt(hsm);
      const isPutBack = lostAt > success.foldedAt && !card?.runs.some(({ id }) => id === success.run);
      const isInTheMidst = lostAt > fact.at - LONGEST_LOOK || faults.struckSince(fact.at - LONGEST_LOOK, LOOK_FAILS);
      if (isPutBack && isInTheMidst) return [];
      return [`${active.id} of ${hsm} was started for its ${slotWords(slot)}, which ${success.run} had satisfied`];
    },
  };
};
