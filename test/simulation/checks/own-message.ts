import type { FaultKind, MakeCheck } from "../facts.ts";
import { OUTAGES, UNSURE_CALLS, watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import type { RecordSeen } from "./ledger-words.ts";
import { watchMessages } from "./message-model.ts";
import { LONGEST_FREEZE, START_GRACE, UNFOLLOWED_AFTER } from "./spans.ts";
import { clock } from "./words.ts";

/**
 * Invariant 5: a repeated, late or reordered message changes nothing. A record at `seq` is moved on by whoever got a message
 * of this number or a later one; by reconcile only when nobody has followed it for long; and by a 202 that comes late.
 */
export const ownMessage: MakeCheck = () => {
  const ledger = watchLedger();
  const messages = watchMessages();
  const faults = watchFaults();
  const delivered = new Map<string, number>();
  return {
    name: "a record moves on only by a message of its own number",
    see(fact, view) {
      messages.see(fact);
      faults.see(fact);
      if (fact.kind === "messageDelivered") {
        const message = messages.sent.get(fact.id);
        if (message !== undefined) delivered.set(message.run, Math.max(message.seq, delivered.get(message.run) ?? 0));
        return [];
      }
      const change = ledger.see(fact);
      if (change?.kind !== "record" || change.byHand || change.isHandMade) return [];
      const { before, record, run, hsm } = change;
      if (before === undefined || before.isEnded || before.seq === 0 || record === undefined) return [];
      if (before.seq <= (delivered.get(run) ?? 0) || isKeptJob(before, record) || record.code === UNREADABLE) return [];
      // Who was slow to begin a run, or found no record and can't wake it, goes on with it from where it is by then.
      if (faults.struckSince(fact.at - LONGEST_FREEZE - START_GRACE, MAKE_LATE)) return [];
      // Where clocks differ, two may begin one run: a host that is ahead wakes it for having no record yet.
      if (view.largestSkew > 0 && fact.at < record.startedAt + START_GRACE + view.largestSkew) return [];
      const isUnfollowed = fact.at >= (before.nextAt ?? 0) + UNFOLLOWED_AFTER - 2 * view.largestSkew;
      return isUnfollowed
        ? []
        : [
            `the record of ${run} of ${hsm} was moved on from ${before.seq} at ${clock(fact.at)}, before its message came`,
          ];
    },
  };
};

const MAKE_LATE: readonly FaultKind[] = [...UNSURE_CALLS, ...OUTAGES];
const UNREADABLE = "recordUnreadable";
const isKeptJob = (before: RecordSeen, now: RecordSeen): boolean =>
  before.state === "Starting" && now.state === "InProgress" && now.seq === before.seq;
