import { FAULT_KINDS, type FaultKind, type MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { watchMessages } from "./message-model.ts";
import { LONGEST_OUTAGE, MINUTE, TIMER_EVERY, UNFOLLOWED_AFTER } from "./spans.ts";
import { clock } from "./words.ts";

const THIS_VERSION = 1;
const OVERDUE_GRACE = 30 * MINUTE;
/** Three timers: one may fall into the one before, and one HSM may take all of a timer's time. */
const TIMERS = 3 * TIMER_EVERY;

/** What has to do with the queue, with messages and with jobs keeps no timer from the runs. */
const KEEPS_FROM_NOTHING: readonly FaultKind[] = [
  "queueDown",
  "queueStalled",
  "queuePurged",
  "messageDoubled",
  "messageLate",
  "messageOutOfOrder",
  "timerDoubled",
  "jobLost",
  "jobFails",
  "jobCanceled",
  "jobNeverEnds",
  "emptyFolder",
  "foreignFolder",
  "rubbishAnswer",
  "changedMind",
  "startRefused",
  "sasExpired",
  "someoneElsesBackup",
];
const EXPLAINS: readonly FaultKind[] = FAULT_KINDS.filter((kind) => !KEEPS_FROM_NOTHING.includes(kind));

/**
 * A queue that takes no messages, or brings them to nobody, holds no run up: the timer looks at a run that has no message
 * itself, and ends one that is overdue. Judged in the midst of it, where nothing else was wrong for hours.
 */
export const whateverTheQueue: MakeCheck = () => {
  const ledger = watchLedger();
  const messages = watchMessages();
  const faults = watchFaults();
  const told = new Set<string>();
  return {
    name: "whatever the queue does, runs are looked at and ended",
    see(fact, view) {
      messages.see(fact);
      faults.see(fact);
      if (fact.kind !== "timerFired") {
        ledger.see(fact);
        return [];
      }
      const wrong: string[] = [];
      for (const { hsm, active } of ledger.cards.values()) {
        const record = active === null ? undefined : ledger.records.get(active.id);
        if (record === undefined || record.isEnded || record.version > THIS_VERSION || told.has(record.id)) continue;
        const { id, nextAt, deadlineAt } = record;
        const since = messages.withoutSince(id);
        const late = TIMERS + 2 * view.largestSkew;
        const lookedAt =
          since === undefined ? Number.POSITIVE_INFINITY : Math.max(since, nextAt ?? 0) + UNFOLLOWED_AFTER + late;
        const by = Math.min(lookedAt, deadlineAt + OVERDUE_GRACE + late);
        if (fact.at <= by || faults.struckSince(by - late - LONGEST_OUTAGE, EXPLAINS)) continue;
        told.add(id);
        wrong.push(
          `${id} of ${hsm}, due at ${clock(nextAt ?? 0)}, deadline ${clock(deadlineAt)}, should have been looked at by ${clock(by)}`,
        );
      }
      return wrong;
    },
  };
};
