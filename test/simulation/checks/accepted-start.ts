import type { MakeCheck } from "../facts.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { clock } from "./words.ts";

/** Invariant 2. What had a record may have lost it by hand; what never had one is still on the card. */
export const acceptedStart: MakeCheck = () => {
  const ledger = watchLedger();
  const everRecorded = new Set<string>();
  const takenAt = new Map<string, number>();
  const accepted = new Map<string, { readonly hsm: string; readonly run: string; readonly at: number }>();
  return {
    name: "a start answered 202 is never lost",
    see(fact) {
      if (fact.kind === "postAnswered") {
        const { hsm, run, status, post, at } = fact;
        if (status !== 202) return [];
        if (run === null) return [`POST ${post} for ${hsm} was answered 202 at ${clock(at)} without a run`];
        accepted.set(run, { hsm, run, at });
        if (takenAt.has(run) || everRecorded.has(run)) return [];
        return [`POST ${post} for ${hsm} was answered 202 at ${clock(at)}: ${run}, which nobody has put on the card`];
      }
      const change = ledger.see(fact);
      if (change?.kind === "record") everRecorded.add(change.run);
      const active = change?.kind === "card" ? change.card?.active : undefined;
      if (active && !takenAt.has(active.id)) takenAt.set(active.id, fact.at);
      return [];
    },
    atEnd: () =>
      [...accepted.values()].flatMap(({ hsm, run, at }) => {
        const isThere = everRecorded.has(run) || ledger.cards.get(hsm)?.active?.id === run;
        const isLostByHand = ledger.cardLostAt(hsm) > (takenAt.get(run) ?? NEVER);
        return isThere || isLostByHand
          ? []
          : [`${run} of ${hsm} was answered 202 at ${clock(at)} and is neither on the card nor in a record`];
      }),
  };
};
