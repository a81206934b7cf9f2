import type { MakeCheck } from "../facts.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

/** The next reconcile finishes what its finisher left: two timers, and the clocks. */
const GIVEN_BACK_WITHIN = 15 * MINUTE;

/** A card is given back by its own run's end, which stands in the record by then; and it is given back. */
export const givenBack: MakeCheck = () => {
  const ledger = watchLedger();
  const endedAt = new Map<string, number>();
  return {
    name: "a card is given back by the end of its own run",
    see(fact) {
      const change = ledger.see(fact);
      if (change?.kind === "record") {
        if (change.record?.isEnded && !endedAt.has(change.run)) endedAt.set(change.run, fact.at);
        return [];
      }
      if (change?.kind !== "card" || change.byHand || change.isHandMade || change.card === undefined) return [];
      const { hsm, before, card } = change;
      const was = before?.active;
      if (!was || card.active?.id === was.id) return [];
      if (card.active !== null)
        return [`the card of ${hsm} went from ${was.id} to ${card.active.id}, and was not given back`];
      const isEnded = ledger.records.get(was.id)?.isEnded ?? false;
      if (!isEnded && ledger.recordLostAt(was.id) === NEVER)
        return [`the card of ${hsm} was given back by ${card.runs[0]?.id ?? "nobody"}, while ${was.id} had not ended`];
      return card.runs.some(({ id }) => id === was.id)
        ? []
        : [`the card of ${hsm} was given back without the result of ${was.id}`];
    },
    atEnd: (view) =>
      [...ledger.cards.values()].flatMap(({ hsm, active }) => {
        const ended = active === null ? undefined : endedAt.get(active.id);
        const isLeft = ended !== undefined && ledger.records.get(active?.id ?? "")?.isEnded;
        return isLeft && Math.max(ended, view.faultsStopAt) + GIVEN_BACK_WITHIN + view.largestSkew < view.now
          ? [`${active?.id} of ${hsm} ended at ${clock(ended)} and still has the card`]
          : [];
      }),
  };
};
