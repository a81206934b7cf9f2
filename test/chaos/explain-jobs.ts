import { millis } from "../../backup/instant.ts";
import type { Attempt, Run } from "../../backup/run.ts";
import { CHAOS_INTERVALS } from "./chaos-intervals.ts";
import { doubled, type EventFacts, type Finding, type JobFacts, lost, wrong } from "./facts.ts";

/** A call that the app gave up may still have been on its way: held up for less than that. */
const LATE = CHAOS_INTERVALS.startGrace;

type UnknownStart = { readonly run: Run; readonly attempt: Attempt };

/** Whose job it is, and what says so. */
type Owned = { readonly job: JobFacts; readonly run: string; readonly by: "record" | UnknownStart | "log" };

/**
 * Finds the run of every job: the record that names it, an unknown start (an attempt whose answer nobody got) that it can
 * have come from, or a `job.orphaned` of the log. One start explains one job, as no start is ever sent twice.
 */
export function explainJobs(
  jobs: readonly JobFacts[],
  records: readonly Run[],
  events: readonly EventFacts[],
): readonly Finding[] {
  const findings: Finding[] = [];
  const owned: Owned[] = [];
  const unknown = records.flatMap((run) => run.attempts.filter(isUnknown).map((attempt) => ({ run, attempt })));
  for (const job of jobs.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    const named = records.find((run) => run.hsm === job.hsm && jobOf(run) === job.id);
    if (named !== undefined) {
      owned.push({ job, run: named.id, by: "record" });
      continue;
    }
    const start = unknown.findLast((candidate) => canBe(candidate, job));
    const line = events.find(({ event, jobId }) => event === "job.orphaned" && jobId === job.id);
    if (start !== undefined) {
      unknown.splice(unknown.indexOf(start), 1);
      owned.push({ job, run: start.run.id, by: start });
    } else if (line !== undefined) owned.push({ job, run: line.run, by: "log" });
    else findings.push(lost(`job ${job.id} of ${job.hsm}, accepted at ${job.startedAt}: no run knows of it`));
  }
  const runs = Object.values(Object.groupBy(owned, ({ run }) => run));
  return [...findings, ...runs.flatMap((ofRun = []) => beyondOne(ofRun))];
}

export const jobOf = (run: Run): string | null => (run.state === "Starting" ? null : run.jobId);

const isUnknown = ({ outcome }: Attempt): boolean => outcome === null || outcome.status === null;

function canBe({ run, attempt }: UnknownStart, job: JobFacts): boolean {
  const until = attempt.outcome === null ? Number.POSITIVE_INFINITY : millis(attempt.outcome.at) + LATE;
  const at = millis(job.startedAt);
  return run.hsm === job.hsm && at >= millis(attempt.at) && at <= until;
}

/** The record's own job is the one that a run needs; without it, the last. */
function beyondOne(owned: readonly Owned[]): readonly Finding[] {
  const needed = owned.find(({ by }) => by === "record") ?? owned.at(-1);
  return owned
    .filter((one) => one !== needed)
    .map(({ job, run, by }) => {
      const what = `job ${job.id} of run ${run} of ${job.hsm}`;
      if (by === "record") return wrong(`${what} stands in two records`);
      if (by === "log") return wrong(`${what} is a second one, and no start of the run is unknown`);
      const { id, at, outcome } = by.attempt;
      return doubled(`${what}: explained by its unknown start ${id} at ${at} (${outcome?.code ?? "never told"})`);
    });
}
