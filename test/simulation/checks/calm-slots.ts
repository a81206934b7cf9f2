import type { MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import { calmFrom, isInWindow, MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

/** Five minutes until the timer, a usual backup, and what is around it. */
const USUAL_RUN = 30 * MINUTE;

/** What is left when no fault is: each slot is backed up once, and at once. */
export const calmSlots: MakeCheck = () => {
  const ledger = watchLedger();
  const tries = new Map<string, Map<string, { readonly hsm: string; readonly slot: number | null }>>();
  return {
    name: "once all is calm, every slot has one success, at its first try",
    see(fact, view) {
      const change = ledger.see(fact);
      if (change?.kind !== "record" || change.byHand || fact.at < view.faultsStopAt || change.record?.slot == null)
        return [];
      const { hsm, run, record } = change;
      const ofSlot = tries.get(`${hsm} ${record.slot}`) ?? new Map();
      tries.set(`${hsm} ${record.slot}`, ofSlot.set(run, { hsm, slot: record.slot }));
      return [];
    },
    atEnd(view) {
      const slots = view.slotsBetween(calmFrom(view), view.now - USUAL_RUN);
      return view.hsms.flatMap((hsm) => {
        const since = ledger.cards.get(hsm)?.since ?? Number.POSITIVE_INFINITY;
        const successes = [...ledger.records.values()].filter((run) => run.hsm === hsm && run.state === "Succeeded");
        return slots
          .filter((slot) => slot >= calmFrom(view) && slot > since)
          .flatMap((slot) => {
            const tried = tries.get(`${hsm} ${slot}`)?.size ?? 0;
            const own = successes.filter((run) => run.slot === slot).length;
            const isByHand = successes.some((run) => run.slot === null && isInWindow(view, slot, run.startedAt));
            if (own === 1 && tried === 1) return [];
            if (isByHand && own + tried === 0) return [];
            return [
              `slot ${clock(slot)} of ${hsm} was tried ${tried} times and has ${own} successes, though all was calm`,
            ];
          });
      });
    },
  };
};
