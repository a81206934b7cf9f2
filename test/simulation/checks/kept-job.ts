import type { MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { LONGEST_FREEZE, MINUTE } from "./spans.ts";
import { clock } from "./words.ts";

/** A message, a record and three tries to keep the job, each call with its 30 s. */
const STEP_TAKES = 5 * MINUTE;

/** Invariant 2 for the HSM's own 202: its job is in a record, or was told as an orphan, unless its holder died before. */
export const keptJob: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const known = new Set<string>();
  const diedAt = new Map<number, number>();
  const answered: {
    readonly host: number;
    readonly hsm: string;
    readonly jobId: string;
    readonly at: number;
    explained: boolean;
  }[] = [];
  return {
    name: "a 202 of the HSM is never lost",
    see(fact) {
      faults.see(fact);
      switch (fact.kind) {
        case "startAnswered":
          answered.push({ host: fact.host, hsm: fact.hsm, jobId: fact.jobId, at: fact.at, explained: false });
          return [];
        case "hostDied":
          diedAt.set(fact.host, fact.at);
          for (const each of answered) {
            if (each.host !== fact.host) continue;
            // A process that stands still does so with all its steps, whichever call was struck.
            const freezes = faults.countOfHost(fact.host, each.at - LONGEST_FREEZE, "freeze");
            const until = each.at + STEP_TAKES + freezes * LONGEST_FREEZE;
            if (fact.at <= until && !known.has(`${each.hsm} ${each.jobId}`)) each.explained = true;
          }
          return [];
        case "logged": {
          const { event, hsm, jobId } = fact.event;
          if (event === "job.orphaned") known.add(`${hsm} ${jobId}`);
          return [];
        }
        default: {
          const change = ledger.see(fact);
          if (change?.kind === "record" && !change.byHand && change.record?.jobId != null)
            known.add(`${change.hsm} ${change.record.jobId}`);
          return [];
        }
      }
    },
    atEnd: () =>
      answered
        .filter(({ hsm, jobId, explained }) => !explained && !known.has(`${hsm} ${jobId}`))
        .map(
          ({ host, hsm, jobId, at }) =>
            `host ${host} had the 202 for job ${jobId} of ${hsm} at ${clock(at)}; no record has it`,
        ),
  };
};
