import { millis } from "../../backup/model/instant.ts";
import type { Attempt, EndedRecord } from "../../backup/model/run.ts";
import { CHAOS_INTERVALS } from "./chaos-intervals.ts";
import { doubled, type Finding, type JobFacts, lost, wrong } from "./facts.ts";

/**
 * How long after the times of an attempt its POST may have been accepted: both are of the step's beginning, and a call that
 * the app gave up may still be on its way.
 */
const LATE = CHAOS_INTERVALS.callTimeLimit * 2 + CHAOS_INTERVALS.startTimeLimit + CHAOS_INTERVALS.unattendedAfter;

type UnknownStart = { readonly record: EndedRecord; readonly attempt: Attempt };

/**
 * Finds the run of every job: the record that names it, or an unknown start (an attempt without an answer) that it can come
 * from. One start explains one job, as no start is sent twice.
 */
export function explainJobs(jobs: readonly JobFacts[], records: readonly EndedRecord[]): readonly Finding[] {
  const isNamed = (job: JobFacts): boolean => records.some(({ hsm, jobId }) => hsm === job.hsm && jobId === job.id);
  const twice = records.filter(
    ({ id, jobId }) => jobId !== null && records.some((o) => o.jobId === jobId && o.id !== id),
  );
  const findings: Finding[] = twice.map(({ id, jobId }) =>
    wrong(`job ${jobId} is in the record of run ${id} and in another`),
  );
  const unknown = records.flatMap((record) =>
    record.attempts.filter(isUnknown).map((attempt) => ({ record, attempt })),
  );
  const explained = new Set<EndedRecord>();
  for (const job of jobs.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    if (isNamed(job)) continue;
    const start = unknown.findLast((candidate) => canBe(candidate, job));
    if (start === undefined) {
      findings.push(lost(`job ${job.id} of ${job.hsm}, accepted at ${job.startedAt}: no run knows of it`));
      continue;
    }
    unknown.splice(unknown.indexOf(start), 1);
    // A run that ended without a job needs one: its first isn't doubled.
    if (start.record.jobId !== null || explained.has(start.record)) findings.push(doubled(explanationOf(job, start)));
    explained.add(start.record);
  }
  return findings;
}

const isUnknown = ({ outcome }: Attempt): boolean => outcome === null || outcome.status === null;

function canBe({ record, attempt }: UnknownStart, job: JobFacts): boolean {
  const until = attempt.outcome === null ? Number.POSITIVE_INFINITY : millis(attempt.outcome.at) + LATE;
  const at = millis(job.startedAt);
  return record.hsm === job.hsm && at >= millis(attempt.at) && at <= until;
}

const explanationOf = (job: JobFacts, { record, attempt: { at, outcome } }: UnknownStart): string =>
  `job ${job.id} of run ${record.id} of ${job.hsm}: explained by its unknown start at ${at} (${outcome?.code ?? "no outcome"})`;
