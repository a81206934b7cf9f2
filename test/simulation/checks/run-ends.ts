import { FAULT_KINDS, type FaultKind, type MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import { END_GRACE, LONGEST_OUTAGE, MINUTE } from "./spans.ts";
import { clock, minutes, slotWords } from "./words.ts";

/** Whoever finds it not yet told tells it: two timers. */
const TOLD_WITHIN = 15 * MINUTE;
/** All but what has to do with HSMs and backups: a copy that can't be written holds nothing up. */
const KEEP_FROM_TELLING: readonly FaultKind[] = FAULT_KINDS.filter(
  (kind) =>
    !["backupStorageDown", "hsmUnreachable", "jobFails", "jobLost", "startRefused", "messageLate"].includes(kind),
);
const END_EVENT = /^backup\.(succeeded|failed|canceled|timedOut)$/;

/** Invariant 1. A run that neither card nor record know any more was destroyed by hand: `accepted-start` judges that. */
export const runEnds: MakeCheck = () => {
  const ledger = watchLedger();
  const endedAt = new Map<string, number>();
  const toldAt = new Map<string, number>();
  const faults = watchFaults();
  return {
    name: "every run ends in time, and its end is told",
    see(fact) {
      faults.see(fact);
      if (fact.kind === "logged") {
        const { event, run } = fact.event;
        if (typeof run !== "string" || !END_EVENT.test(event)) return [];
        if (!toldAt.has(run)) toldAt.set(run, fact.at);
        const record = ledger.records.get(run);
        if (ledger.recordLostAt(run) > NEVER) return [];
        if (record?.state !== fact.event.state)
          return [`the end of ${run} of ${fact.event.hsm} was told as ${event}, and its record is ${record?.state}`];
        const { endedAt } = fact.event;
        const at = typeof endedAt === "string" ? Date.parse(endedAt) : Number.NaN;
        if (record?.endedAt === at) return [];
        return [
          `the end of ${run} of ${fact.event.hsm} was told as that of ${clock(at)}, and its record says ${clock(record?.endedAt ?? 0)}`,
        ];
      }
      const change = ledger.see(fact);
      if (change?.kind === "record" && change.record?.isEnded && !change.before?.isEnded && !change.byHand)
        endedAt.set(change.run, fact.at);
      return [];
    },
    atEnd(view) {
      const wrong: string[] = [];
      const judge = (hsm: string, run: string, slot: number | null, deadlineAt: number): void => {
        const by = Math.max(deadlineAt, view.faultsStopAt) + END_GRACE + view.largestSkew;
        if (by > view.now) return;
        const who = `${run} of ${hsm} (${slotWords(slot)}, deadline ${clock(deadlineAt)})`;
        const ended = endedAt.get(run);
        const told = toldAt.get(run);
        if (!ledger.records.get(run)?.isEnded) wrong.push(`${who} has not ended`);
        else if (ended !== undefined && ended > by)
          wrong.push(`${who} ended at ${clock(ended)}, ${minutes(ended - by)} late`);
        else if (told === undefined) wrong.push(`the end of ${who} was never told`);
        else if (
          ended !== undefined &&
          told > ended + TOLD_WITHIN &&
          !faults.struckBetween(ended - LONGEST_OUTAGE, told, KEEP_FROM_TELLING)
        )
          wrong.push(`the end of ${who} at ${clock(ended)} was told at ${clock(told)} only`);
        else if (told > by) wrong.push(`the end of ${who} was told at ${clock(told)}, ${minutes(told - by)} late`);
      };
      for (const { hsm, active } of ledger.cards.values()) {
        if (active !== null && !ledger.records.has(active.id)) judge(hsm, active.id, active.slot, active.deadlineAt);
      }
      for (const { hsm, id, slot, deadlineAt } of ledger.records.values()) judge(hsm, id, slot, deadlineAt);
      return wrong;
    },
  };
};
