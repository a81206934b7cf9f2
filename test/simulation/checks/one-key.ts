import type { MakeCheck } from "../facts.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { clock } from "./words.ts";

type Taken = { readonly run: string; readonly at: number; readonly takenAt: number };

/** The keys stand on the card alone: whoever destroys it destroys them. */
export const oneKey: MakeCheck = () => {
  const ledger = watchLedger();
  const seen = new Map<string, Taken>();
  const byKey = new Map<string, Taken>();
  const answers = new Map<string, string>();
  return {
    name: "one Idempotency-Key, one run",
    see(fact, view) {
      // Younger than the deadline by the card's own times, which are what the product goes by.
      const isRepeated = (older: Taken, newer: Taken, hsm: string): boolean =>
        older.run !== newer.run && newer.at - older.at < view.deadline && ledger.cardLostAt(hsm) < older.takenAt;
      if (fact.kind === "postAnswered") {
        const { hsm, key, run, status } = fact;
        if (status !== 202 || key === null || run === null) return [];
        const name = `${hsm} ${key}`;
        const [older, newer] = [seen.get(answers.get(name) ?? ""), seen.get(run)];
        answers.set(name, run);
        if (older === undefined || newer === undefined || !isRepeated(older, newer, hsm)) return [];
        return [`key ${key} for ${hsm} was answered with ${older.run} and with ${run} at ${clock(fact.at)}`];
      }
      const change = ledger.see(fact);
      const active = change?.kind === "card" ? change.card?.active : undefined;
      if (change?.kind !== "card" || !active || seen.has(active.id)) return [];
      const { hsm } = change;
      const isMadeAgain = change.before === undefined && ledger.cardLostAt(hsm) > NEVER;
      const taken: Taken = { run: active.id, at: active.at, takenAt: isMadeAgain ? NEVER : fact.at };
      seen.set(active.id, taken);
      if (active.key === null) return [];
      const older = byKey.get(active.key);
      byKey.set(active.key, taken);
      if (older === undefined || !isRepeated(older, taken, hsm)) return [];
      return [
        `${older.run} and ${active.id} of ${hsm} were started with one key, at ${clock(older.takenAt)} and ${clock(fact.at)}`,
      ];
    },
  };
};
