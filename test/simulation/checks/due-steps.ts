import type { MakeCheck } from "../check.ts";
import { clock, HOUR, SECOND, UNATTENDED_AFTER } from "./spans.ts";

/** Invariant 5: whatever messages arrive, and however often, a run's next step is taken when it is due, and not before. */
export const dueSteps: MakeCheck = () => {
  const reservedBy = new Map<string, number>();
  return {
    name: "no step is taken before it is due, and the timer takes only what nothing took",
    see(fact, view, change) {
      const now = fact.at + view.largestSkew + SECOND;
      // More than an hour ahead of a clock that is behind, it counts as unattended, too.
      const isFar = (nextAt: number): boolean => nextAt > fact.at - view.largestSkew + HOUR;
      if (fact.kind === "logged" && fact.event.event === "backup.resumed") {
        const nextAt = Date.parse(String(fact.event.nextAt));
        const isLate = now >= nextAt + UNATTENDED_AFTER || isFar(nextAt);
        return isLate ? [] : [`${String(fact.event.run)}, due at ${clock(nextAt)}, was resumed`];
      }
      if (change?.kind !== "state" || change.host === null) return [];
      const [before, after] = [change.before?.active, change.after?.active];
      if (before === null && after) reservedBy.set(after.id, change.host);
      if (!before || before.id !== after?.id || now >= before.nextAt || isFar(before.nextAt)) return [];
      // A restored older state repeats its numbers. A process that reserved a run takes its first step, even if another
      // process was faster while the answer to the reservation was lost. One more look does no harm.
      const isExplained =
        view.ledger.stateLostAt(change.hsm) >= before.startedAt || reservedBy.get(before.id) === change.host;
      if (isExplained) return [];
      return [`${before.id} of ${change.hsm}, seq ${after.seq}, was due at ${clock(before.nextAt)}`];
    },
  };
};
