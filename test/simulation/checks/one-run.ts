import type { MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";

/** Invariant 2, judged by the records: the card itself has room for one run only. */
export const oneRun: MakeCheck = () => {
  const ledger = watchLedger();
  const unended = new Map<string, Map<string, number>>();
  const takenAt = new Map<string, number>();
  return {
    name: "at most one run of an HSM goes on at a time",
    see(fact) {
      if (fact.kind === "ledgerDeleted") unended.clear();
      const change = ledger.see(fact);
      const active = change?.kind === "card" ? change.card?.active : undefined;
      if (active && !takenAt.has(active.id)) takenAt.set(active.id, fact.at);
      if (change?.kind !== "record") return [];
      const { hsm, run, record, at } = change;
      const open = unended.get(hsm) ?? new Map<string, number>();
      unended.set(hsm, open);
      if (record === undefined || record.isEnded) {
        open.delete(run);
        return [];
      }
      if (open.has(run)) return [];
      const others = [...open].filter(([other, since]) => {
        // A card that was lost is made again from what its writer saw; so an older run, of either, may go on without one.
        const lostAt = Math.max(ledger.cardLostAt(hsm), ledger.recordLostAt(other), ledger.recordLostAt(run));
        return lostAt < Math.min(since, takenAt.get(run) ?? at);
      });
      open.set(run, takenAt.get(run) ?? at);
      return others.map(([other]) => `${run} of ${hsm} was begun while ${other} had not ended`);
    },
  };
};
