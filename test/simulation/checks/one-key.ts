import type { MakeCheck } from "../facts.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

type Taken = { readonly run: string; readonly at: number; readonly takenAt: number };

/** Whoever waits longer sees no answer. */
const ANSWER_TAKES = 4 * MINUTE;

const ownRefusal = (key: string, hsm: string, run: string): string =>
  `key ${key} for ${hsm} was refused with ${run}, which is its own`;

/** The keys stand on the card alone: whoever destroys it destroys them. */
export const oneKey: MakeCheck = () => {
  const ledger = watchLedger();
  const seen = new Map<string, Taken>();
  const byKey = new Map<string, Taken>();
  const answers = new Map<string, string>();
  const refused = new Map<string, Set<string>>();
  return {
    name: "one Idempotency-Key, one run",
    see(fact, view) {
      // Younger than the deadline by the card's own times, which are what the product goes by.
      const isRepeated = (older: Taken, newer: Taken, hsm: string): boolean =>
        older.run !== newer.run && newer.at - older.at < view.deadline && ledger.cardLostAt(hsm) < older.takenAt;
      if (fact.kind === "postAnswered") {
        const { hsm, key, run, status } = fact;
        if (key === null || run === null) return [];
        const name = `${hsm} ${key}`;
        if (status === 409) {
          const taken = seen.get(run);
          const isYoung = taken !== undefined && fact.at - taken.at < view.deadline - view.largestSkew - ANSWER_TAKES;
          if (!isYoung || ledger.cardLostAt(hsm) >= taken.takenAt) return [];
          if (answers.get(name) === run) return [ownRefusal(key, hsm, run)];
          refused.set(name, (refused.get(name) ?? new Set()).add(run));
        }
        if (status !== 202) return [];
        if (refused.get(name)?.has(run)) return [ownRefusal(key, hsm, run)];
        // The answer that comes first may be that of the run that was taken later.
        const both = [seen.get(answers.get(name) ?? ""), seen.get(run)].filter((taken) => taken !== undefined);
        const [older, newer] = both.toSorted((a, b) => a.takenAt - b.takenAt);
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
