import type { MakeCheck } from "../facts.ts";
import { OUTAGES, watchFaults } from "./fault-model.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { blobNameOf } from "./ledger-words.ts";
import { watchMessages } from "./message-model.ts";
import { LONGEST_OUTAGE, MINUTE, SECOND } from "./spans.ts";

/** Reading again and taking back are two calls that may take seconds each. */
const TAKES = 20 * SECOND;
/** Who loses to a write that comes later than that has lost to another one, in between. */
const RACE_TAKES = 3 * SECOND;
/** A call that struck ill may have begun so long before its message was there. */
const CALL_TAKES = 1.5 * MINUTE;
/** Messages of one run that a host may be working on. */
const MOST_AT_WORK = 10;

/**
 * Who sends the next message and loses the race for its record takes the message back. Seen by what nobody took back: the
 * record moved on without it, and it comes all the same. Where the record was only changed and still waits for a message no
 * newer than the one that was used up, the message has to stay.
 */
export const takenBack: MakeCheck = () => {
  const ledger = watchLedger();
  const messages = watchMessages();
  const faults = watchFaults();
  const ahead = new Map<string, Set<string>>();
  const lostAt = new Map<string, number>();
  const delivered = new Map<string, number>();
  const begun = new Map<string, readonly number[]>();
  const written = new Map<string, number>();
  const touched = new Map<string, number>();

  return {
    name: "who loses the race takes his message back",
    see(fact) {
      faults.see(fact);
      messages.see(fact);
      switch (fact.kind) {
        case "fault": {
          const blob = fact.fault === "blobTouched" ? blobNameOf(fact.what) : undefined;
          if (blob?.kind === "record") touched.set(blob.run, fact.at);
          return [];
        }
        case "messageSent": {
          // Only a step's own next message is ahead of the record; a wake-up or one that is sent again is not.
          const last = written.get(fact.run);
          // Lost already, to one whose number his own message had: then it has to stay. Which of a host's messages this
          // one comes of can't be seen.
          const since = (begun.get(`${fact.host} ${fact.run}`) ?? []).find((at) => at >= fact.at - CALL_TAKES);
          const hasLost = last !== undefined && last > (since ?? fact.at);
          const isNext =
            !hasLost &&
            fact.seq > (ledger.records.get(fact.run)?.seq ?? 0) &&
            fact.seq > (delivered.get(fact.run) ?? 0);
          if (isNext) ahead.set(fact.run, (ahead.get(fact.run) ?? new Set()).add(fact.id));
          return [];
        }
        case "messageGone":
          lostAt.delete(fact.id);
          return [];
        case "messageDelivered": {
          const message = messages.sent.get(fact.id);
          const lost = lostAt.get(fact.id);
          if (message === undefined) return [];
          const { run, host, hsm, seq, sentAt } = message;
          begun.set(`${fact.host} ${run}`, [
            ...(begun.get(`${fact.host} ${run}`) ?? []).slice(1 - MOST_AT_WORK),
            fact.at,
          ]);
          delivered.set(run, Math.max(seq, delivered.get(run) ?? 0));
          if (lost === undefined || fact.at < lost + TAKES) return [];
          lostAt.delete(fact.id);
          const from = sentAt - CALL_TAKES;
          const isExplained =
            faults.struckHost(host, from) ||
            faults.struckSince(from, OUTAGES) ||
            // A touch makes the write lose although nobody has won: then the message has to stay.
            (touched.get(run) ?? NEVER) >= from ||
            faults.struckSince(sentAt - LONGEST_OUTAGE, ["identityDown"]);
          return isExplained
            ? []
            : [`message ${seq} of ${run} of ${hsm} lost the race to its record and was not taken back`];
        }
        default: {
          const change = ledger.see(fact);
          if (change?.kind !== "record") return [];
          const { run, record, byHand, isHandMade, before } = change;
          if (fact.kind === "blobWritten") written.set(run, fact.at);
          const isMoved = record?.isEnded || (record?.seq ?? 0) > (before?.seq ?? 0);
          // Between claims, who loses to one of the same number leaves his message to it; looks have none.
          const isJudged = !byHand && !isHandMade && isMoved && before?.state === "InProgress";
          for (const id of ahead.get(run) ?? []) {
            const seq = messages.sent.get(id)?.seq ?? 0;
            const isLost = record?.isEnded || (record !== undefined && record.seq >= seq && record.messageId !== id);
            const isClose = (messages.sent.get(id)?.sentAt ?? 0) >= fact.at - RACE_TAKES;
            if (isJudged && isLost && isClose && messages.liveOf(run).has(id)) lostAt.set(id, fact.at);
          }
          ahead.delete(run);
          return [];
        }
      }
    },
  };
};
