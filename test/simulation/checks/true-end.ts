import type { Fact, FaultKind, MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import type { RecordSeen } from "./ledger-words.ts";
import { LONGEST_FREEZE, MINUTE, SECOND } from "./spans.ts";
import { clock, slotWords } from "./words.ts";

type JobEnded = Extract<Fact, { readonly kind: "jobEnded" }>;

const JOB_LOST_AFTER = MINUTE;
/** Two more looks, however fast the queue brings them. */
const EMPTY_AFTER = 20 * SECOND;
/** A look and what follows from it, with calls that take seconds. */
const LAST_LOOK_TAKES = 90 * SECOND;
/** An HSM that says of a job what isn't so may do so at several looks. */
const LIES: readonly FaultKind[] = ["rubbishAnswer", "changedMind"];
const OF_JOB = /^job (\S+):/;
/** An end that says nothing of the job; a record of a newer version comes to it only at its deadline. */
const UNREADABLE = "recordUnreadable";
const THIS_VERSION = 1;

/** An end without success is what was seen of the job, as often as the design asks for. Invariant 3 from its other side. */
export const trueEnd: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const lied = new Set<string>();
  const jobs = new Map<string, JobEnded>();

  function problemOf(before: RecordSeen, now: RecordSeen, at: number, skews: number): string | undefined {
    const { state, code, jobId, endedAt, deadlineAt } = now;
    // Who judged the deadline may have had his clock set before he wrote the end.
    const isEarly = (endedAt ?? 0) + skews < deadlineAt;
    if (code === UNREADABLE && before.version > THIS_VERSION && isEarly)
      return `before its deadline ${clock(deadlineAt)}`;
    if (state === "Succeeded" || code === UNREADABLE) return undefined;
    const end = endedAt ?? 0;
    if (code === "notConfigured") return isEarly ? `before its deadline ${clock(deadlineAt)}` : undefined;
    if (jobId === null) return undefined;
    const job = jobs.get(`${now.hsm} ${jobId}`);
    if (state === "Canceled")
      return job?.truth === "Canceled" ? undefined : `and its job came to ${job?.truth ?? "no end"}`;
    // Since when there was doubt, another host's clock may have said.
    const isDoubted = (doubt: string, looks: number, ms: number): boolean =>
      before.doubt?.code === doubt && before.doubt.looks >= looks && end - before.doubt.since + skews >= ms;
    switch (code) {
      case "jobLost":
        return isDoubted("jobUnknown", 1, JOB_LOST_AFTER) ? undefined : "after too few looks";
      case "nothingWritten":
        if (state === "TimedOut" || isDoubted(code, 2, EMPTY_AFTER)) return undefined;
        return "after too few looks";
      case "foreignFolder":
        return job?.truth === "SucceededElsewhere" ? undefined : `and its job came to ${job?.truth ?? "no end"}`;
      case "deadline": {
        const wasOver = job !== undefined && job.at < at - LAST_LOOK_TAKES;
        const isExplained = lied.has(jobId) || faults.struckSince(at - LONGEST_FREEZE, ["freeze"]);
        return wasOver && !isExplained ? `though its job had ended at ${clock(job.at)}` : undefined;
      }
      default:
        if (state === "TimedOut" || job?.truth === "Failed") return undefined;
        return `and its job came to ${job?.truth ?? "no end"}`;
    }
  }

  return {
    name: "an end without success is what was seen of the job",
    see(fact, view) {
      faults.see(fact);
      if (fact.kind === "fault" && LIES.includes(fact.fault)) lied.add(OF_JOB.exec(fact.what)?.[1] ?? "");
      if (fact.kind === "jobEnded") {
        jobs.set(`${fact.hsm} ${fact.jobId}`, fact);
        return [];
      }
      const change = ledger.see(fact);
      if (change?.kind !== "record" || change.byHand || change.isHandMade) return [];
      const { before, record, run, hsm } = change;
      if (!record?.isEnded || before === undefined || before.isEnded) return [];
      const problem = problemOf(before, record, fact.at, 2 * view.largestSkew);
      return problem === undefined
        ? []
        : [`${run} of ${hsm} (${slotWords(record.slot)}) ended as ${record.state}, ${record.code}, ${problem}`];
    },
  };
};
