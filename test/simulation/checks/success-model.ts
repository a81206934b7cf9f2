import type { Change, Ledger } from "./ledger-model.ts";

/** A success that was folded into a card, and when it was. */
export type KnownSuccess = { readonly run: string; readonly startedAt: number; readonly foldedAt: number };

/** The verified successes that a card cannot have forgotten. */
export type Successes = {
  /** Takes in what a card says now. */
  readonly see: (change: Change) => void;
  /** Those that the HSM's card must know. */
  readonly of: (hsm: string) => readonly KnownSuccess[];
};

/**
 * A success is forgotten only where both its card and, at any time, its record were lost by hand: a card that is gone is made
 * again from the records.
 */
export function watchSuccesses(ledger: Ledger): Successes {
  const byHsm = new Map<string, Map<string, KnownSuccess>>();
  return {
    see(change) {
      if (change.kind !== "card" || change.byHand || change.card === undefined) return;
      const known = byHsm.get(change.hsm) ?? new Map<string, KnownSuccess>();
      byHsm.set(change.hsm, known);
      for (const { id, state, startedAt } of change.card.runs) {
        if (state === "Succeeded" && !known.has(id)) known.set(id, { run: id, startedAt, foldedAt: change.at });
      }
    },
    of: (hsm) =>
      [...(byHsm.get(hsm)?.values() ?? [])].filter(
        ({ run, foldedAt }) =>
          ledger.cardLostAt(hsm) < foldedAt ||
          (ledger.recordLostAt(run) === Number.NEGATIVE_INFINITY && ledger.records.get(run)?.state === "Succeeded"),
      ),
  };
}
