import type { MakeCheck } from "../facts.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { clock } from "./words.ts";

/** A run that was made again from its name alone, after card or record were lost, has what could be known of it. */
export const fixedDeadline: MakeCheck = () => {
  const ledger = watchLedger();
  const deadlines = new Map<string, number>();
  return {
    name: "the deadline of a run is fixed when it is made",
    see(fact, view) {
      const change = ledger.see(fact);
      if (change === undefined || change.byHand) return [];
      const { hsm } = change;
      const found = change.kind === "card" ? change.card?.active : change.record;
      if (!found) return [];
      const { id, deadlineAt } = found;
      const startedAt = "at" in found ? found.at : found.startedAt;
      const known = deadlines.get(id);
      deadlines.set(id, deadlineAt);
      if (change.isHandMade || Math.max(ledger.cardLostAt(hsm), ledger.recordLostAt(id)) > NEVER) return [];
      if (known !== undefined && known !== deadlineAt)
        return [`the deadline of ${id} of ${hsm} was ${clock(known)} and is ${clock(deadlineAt)}`];
      if (deadlineAt - startedAt !== view.deadline)
        return [`${id} of ${hsm}, started at ${clock(startedAt)}, has its deadline at ${clock(deadlineAt)}`];
      if ("nextAt" in found && found.nextAt !== null && found.nextAt > deadlineAt)
        return [`${id} of ${hsm} is looked at next at ${clock(found.nextAt)}, after its deadline ${clock(deadlineAt)}`];
      return [];
    },
  };
};
