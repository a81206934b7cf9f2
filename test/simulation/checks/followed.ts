import type { MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import { watchMessages } from "./message-model.ts";
import { MINUTE, TIMER_EVERY, UNFOLLOWED_AFTER } from "./spans.ts";
import { clock } from "./words.ts";

const THIS_VERSION = 1;
const OVERDUE_GRACE = 30 * MINUTE;

/** Judged when the faults have stopped: until then the queue, the ledger or the timer may be what is missing. */
export const followed: MakeCheck = () => {
  const ledger = watchLedger();
  const messages = watchMessages();
  const told = new Set<string>();
  return {
    name: "no run is without a message for long",
    see(fact, view) {
      messages.see(fact);
      if (fact.kind !== "timerFired") {
        ledger.see(fact);
        return [];
      }
      if (fact.at < view.faultsStopAt) return [];
      const wrong: string[] = [];
      for (const { id, hsm, isEnded, nextAt, deadlineAt, version } of ledger.records.values()) {
        if (isEnded || told.has(id)) continue;
        const since = messages.withoutSince(id);
        if (since === undefined) continue;
        // The one who ends an overdue run needs no message; a record of a newer version is left alone until then.
        const left = Math.max(
          since,
          view.faultsStopAt,
          version > THIS_VERSION ? deadlineAt + OVERDUE_GRACE : Math.min(nextAt ?? 0, deadlineAt),
        );
        const by = left + UNFOLLOWED_AFTER + 2 * TIMER_EVERY + 2 * view.largestSkew;
        if (fact.at <= by) continue;
        told.add(id);
        wrong.push(
          `${id} of ${hsm}, due at ${clock(nextAt ?? 0)}, has had no message since ${clock(Math.max(left, view.faultsStopAt))}`,
        );
      }
      return wrong;
    },
  };
};
