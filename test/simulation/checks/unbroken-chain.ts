import type { FaultKind, MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { watchMessages } from "./message-model.ts";
import { LONGEST_FREEZE, START_GRACE } from "./spans.ts";
import { clock } from "./words.ts";

/** After these a write or a message is there that nobody knows of, or isn't there that everybody relied on. */
const EXPLAINS: readonly FaultKind[] = ["lateEffect", "freeze"];

/**
 * Reconcile mends a broken chain after a quarter of an hour; so chains must break only by hands, or where a process is lost.
 * Whoever is done with a message has left the run the next one, has ended it, or has made its record where there was none.
 */
export const unbrokenChain: MakeCheck = () => {
  const ledger = watchLedger();
  const messages = watchMessages();
  const faults = watchFaults();
  const deliveredAt = new Map<string, number>();
  // Runs whose messages were taken away: it is reconcile's to wake them.
  const robbed = new Set<string>();
  let hasNewer = false;

  return {
    name: "who is done with a message has made sure of the next one",
    see(fact) {
      faults.see(fact);
      ledger.see(fact);
      if (fact.kind === "fault" && fact.fault === "deployedNewer") hasNewer = true;
      if (fact.kind === "messageDelivered") deliveredAt.set(fact.id, fact.at);
      const message =
        fact.kind === "messageGone" || fact.kind === "messagePoisoned" ? messages.sent.get(fact.id) : undefined;
      messages.see(fact);
      if (message === undefined) return [];
      const { run, hsm, seq, id } = message;
      if (fact.kind !== "messageGone" || fact.how === "purged") robbed.add(run);
      if (fact.kind !== "messageGone" || fact.how !== "done" || robbed.has(run)) return [];
      const began = deliveredAt.get(id) ?? 0;
      // Messages and records of a newer version are left to it.
      const isLostByHand = Math.max(ledger.cardLostAt(hsm), ledger.recordLostAt(run)) > Number.NEGATIVE_INFINITY;
      if (hasNewer || isLostByHand || faults.struckSince(began - LONGEST_FREEZE - START_GRACE, EXPLAINS)) return [];
      const record = ledger.records.get(run);
      if (record === undefined) {
        if (ledger.cards.get(hsm)?.active?.id !== run) return [];
        return [`message ${seq} of ${run} of ${hsm} was done at ${clock(fact.at)}, and the run has no record still`];
      }
      const goesOn = [...messages.liveOf(run)].some((other) => (messages.sent.get(other)?.seq ?? 0) >= record.seq);
      return record.isEnded || goesOn
        ? []
        : [
            `message ${seq} of ${run} of ${hsm} was done at ${clock(fact.at)}, and the record at ${record.seq} has no message left`,
          ];
    },
  };
};
