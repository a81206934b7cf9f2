import type { FaultKind, MakeCheck } from "../facts.ts";
import { OUTAGES, UNSURE_CALLS, watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { watchMessages } from "./message-model.ts";
import { LONGEST_OUTAGE } from "./spans.ts";

/** The first message may fail to be sent: the record is made all the same. */
const KEEP_FROM_SENDING: readonly FaultKind[] = [...UNSURE_CALLS, ...OUTAGES];

/** A step's message goes out before its record is written: so a record never waits for a message that was never sent. */
export const messageFirst: MakeCheck = () => {
  const ledger = watchLedger();
  const messages = watchMessages();
  const faults = watchFaults();
  const newestSeq = new Map<string, number>();
  return {
    name: "the next message goes out before the record that waits for it",
    see(fact) {
      faults.see(fact);
      if (fact.kind === "messageSent") newestSeq.set(fact.run, Math.max(fact.seq, newestSeq.get(fact.run) ?? 0));
      messages.see(fact);
      const change = ledger.see(fact);
      if (change?.kind !== "record" || change.byHand || change.isHandMade || change.record === undefined) return [];
      const { run, hsm, record, before } = change;
      if (record.isEnded) return [];
      if (
        before === undefined &&
        !newestSeq.has(run) &&
        !faults.struckSince(fact.at - LONGEST_OUTAGE, KEEP_FROM_SENDING)
      )
        return [`the first record of ${run} of ${hsm} was made before its message 0`];
      if (record.seq <= (before?.seq ?? 0)) return [];
      if (record.seq > (newestSeq.get(run) ?? 0))
        return [`the record of ${run} of ${hsm} waits for message ${record.seq}, which was never sent`];
      // A record that was made again takes the number of the message that woke it, and has no id of its own yet.
      if (record.messageId === null || messages.sent.get(record.messageId)?.run === run) return [];
      return [`the record of ${run} of ${hsm} names message ${record.messageId}, which isn't its own`];
    },
  };
};
