import type { FaultKind, MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import type { RecordSeen } from "./ledger-words.ts";
import { watchMessages } from "./message-model.ts";
import { LONGEST_FREEZE, MINUTE, START_GRACE } from "./spans.ts";
import { clock } from "./words.ts";

/** Who doesn't learn that he took his message back goes on as if it were there. */
const CALL_TAKES = MINUTE;
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
  // Runs whose messages were taken away or came to nobody, or whose record came too late for its own: reconcile wakes them.
  const robbed = new Set<string>();
  let hasNewer = false;

  const goesOn = ({ id, seq, isEnded }: RecordSeen): boolean =>
    isEnded || [...messages.liveOf(id)].some((other) => (messages.sent.get(other)?.seq ?? 0) >= seq);

  /** Whoever gets a message older than the record, when the record's own has gone already, has broken nothing. */
  function noteDelivery({ id, at }: { readonly id: string; readonly at: number }): void {
    deliveredAt.set(id, at);
    const message = messages.sent.get(id);
    const record = message && ledger.records.get(message.run);
    if (record !== undefined && message !== undefined && message.seq < record.seq && !goesOn(record))
      robbed.add(message.run);
  }

  return {
    name: "who is done with a message has made sure of the next one",
    see(fact) {
      faults.see(fact);
      const change = ledger.see(fact);
      const written = change?.kind === "record" ? change.record : undefined;
      if (written !== undefined && !goesOn(written)) robbed.add(written.id);
      if (fact.kind === "messageSent") robbed.delete(fact.run);
      if (fact.kind === "fault" && fact.fault === "deployedNewer") hasNewer = true;
      if (fact.kind === "messageDelivered") noteDelivery(fact);
      const message =
        fact.kind === "messageGone" || fact.kind === "messagePoisoned" ? messages.sent.get(fact.id) : undefined;
      messages.see(fact);
      if (message === undefined) return [];
      const { run, hsm, seq, id, host } = message;
      const isTakenBlindly =
        fact.kind === "messageGone" && fact.how === "takenBack" && faults.struckHost(host, fact.at - CALL_TAKES);
      const isLost = fact.kind !== "messageGone" || fact.how === "purged" || fact.how === "expired";
      if (isLost || isTakenBlindly) robbed.add(run);
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
      return goesOn(record)
        ? []
        : [
            `message ${seq} of ${run} of ${hsm} was done at ${clock(fact.at)}, and the record at ${record.seq} has no message left`,
          ];
    },
  };
};
