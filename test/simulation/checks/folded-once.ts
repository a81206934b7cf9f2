import type { MakeCheck } from "../facts.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import type { CardSeen } from "./ledger-words.ts";

const REMEMBERED_RUNS = 30;

/** Each end is folded into the card in one write, and never again; nothing else changes what the card says of ends. */
export const foldedOnce: MakeCheck = () => {
  const ledger = watchLedger();
  const folded = new Map<string, number>();

  function problemOf(hsm: string, before: CardSeen, card: CardSeen): string | undefined {
    const ids = card.runs.map(({ id }) => id);
    if (new Set(ids).size < ids.length) return `the card of ${hsm} has a run twice: ${ids.join(", ")}`;
    const added = card.runs.filter(({ id }) => !before.runs.some((run) => run.id === id));
    const forgotten = before.runs.filter(({ id }) => !ids.includes(id));
    if (forgotten.length > 0 && card.runs.length < REMEMBERED_RUNS)
      return `the card of ${hsm} forgot ${forgotten[0]?.id}`;
    const [run, another] = added;
    if (another !== undefined) return `the card of ${hsm} took in ${added.length} ends at once`;
    if (run === undefined)
      return before.failuresInARow === card.failuresInARow && before.newestSuccess?.id === card.newestSuccess?.id
        ? undefined
        : `the card of ${hsm} counts other results, without a new end`;
    if ((folded.get(run.id) ?? NEVER) > ledger.cardLostAt(hsm))
      return `${run.id} of ${hsm} was folded into the card again`;
    const failures = run.state === "Succeeded" ? 0 : before.failuresInARow + 1;
    if (card.failuresInARow !== failures)
      return `the card of ${hsm} counts ${card.failuresInARow} failures in a row after ${run.id} ${run.state}, not ${failures}`;
    const record = ledger.records.get(run.id);
    if (record?.state === run.state || ledger.recordLostAt(run.id) > NEVER) return undefined;
    return `${run.id} of ${hsm} is ${run.state} on the card, and ${record?.state ?? "without a record"}`;
  }

  return {
    name: "a result is folded into the card exactly once",
    see(fact) {
      const change = ledger.see(fact);
      if (change?.kind !== "card" || change.card === undefined) return [];
      const { hsm, before, card, byHand, isHandMade, at } = change;
      const problem = before === undefined || byHand || isHandMade ? undefined : problemOf(hsm, before, card);
      for (const { id } of card.runs) if (!before?.runs.some((run) => run.id === id)) folded.set(id, at);
      return problem === undefined ? [] : [problem];
    },
    atEnd: () =>
      [...ledger.records.values()].flatMap(({ id, hsm, state, isEnded }) => {
        const card = ledger.cards.get(hsm);
        const isLost = card === undefined || !isEnded || ledger.recordLostAt(id) > NEVER;
        if (isLost || card.runs.length >= REMEMBERED_RUNS || card.runs.some((run) => run.id === id)) return [];
        return [`${id} of ${hsm} is ${state}, and its card doesn't know of it`];
      }),
  };
};
