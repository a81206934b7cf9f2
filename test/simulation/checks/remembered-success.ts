import type { MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import { watchSuccesses } from "./success-model.ts";
import { clock } from "./words.ts";

/** What an operator must be able to prove: the newest verified success, for as long as its record wasn't destroyed. */
export const rememberedSuccess: MakeCheck = () => {
  const ledger = watchLedger();
  const successes = watchSuccesses(ledger);
  // HSMs whose older card was put back, and what it forgot by then: its runs come onto it again one by one.
  const recovering = new Map<string, string>();
  return {
    name: "the newest success is never forgotten",
    see(fact) {
      const change = ledger.see(fact);
      if (change?.kind !== "card" || change.card === undefined) return [];
      const { hsm, card, isHandMade, before } = change;
      if (change.byHand) {
        recovering.set(hsm, "");
        return [];
      }
      // What somebody put there by hand, and can be read, is changed as it stands.
      const isJudged = !isHandMade || before === undefined;
      successes.see(change);
      const newest = isJudged ? successes.of(hsm).reduce(latest, undefined) : undefined;
      // A card that was made again has its newest run to finish once more: with its end comes its success.
      if (newest === undefined || card.active?.id === newest.run) return [];
      if ((card.newestSuccess?.startedAt ?? 0) >= newest.startedAt) {
        recovering.delete(hsm);
        return [];
      }
      const problem = `the card of ${hsm} says ${card.newestSuccess?.id ?? "nothing"} is its newest success; it is ${newest.run}, started at ${clock(newest.startedAt)}`;
      if (!recovering.has(hsm)) return [problem];
      recovering.set(hsm, problem);
      return [];
    },
    atEnd: () => [...recovering.values()].filter((problem) => problem !== ""),
  };
};

type Started = { readonly run: string; readonly startedAt: number };
const latest = (a: Started | undefined, b: Started): Started => (a !== undefined && a.startedAt >= b.startedAt ? a : b);
