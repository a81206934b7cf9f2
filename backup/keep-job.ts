import type { Deps } from "./deps.ts";
import { readRecord, writeRecord } from "./ledger.ts";
import { orphaned, stepFailed } from "./log-events.ts";
import { type Attempt, isEnded, type RunningRun } from "./run.ts";

const RACES = 10;
/** Each failure may have taken all the time that a call has: soon nobody waits for us any more. */
const FAILURES = 3;

/**
 * After a 202 whose record lost the race, or may have: writes the job into what stands there now, unless that has a job
 * or has ended. Number, message and time stay as the winner of the race wrote them: its message carries the run on.
 */
export async function keepJob(deps: Deps, mine: RunningRun): Promise<void> {
  for (let race = 0, failures = 0; race < RACES && failures < FAILURES; race++) {
    try {
      const now = await readRecord(deps, mine.hsm, mine.id);
      if (now.outcome !== "run") break;
      const { run } = now;
      if (isEnded(run) || run.state === "InProgress") {
        if (run.jobId !== mine.jobId) deps.log(orphaned(run, mine.jobId));
        return;
      }
      const { jobId, folderUrl, doubt } = mine;
      const attempts = run.attempts.map((attempt) => newer(attempt, mine.attempts));
      const written = await writeRecord(
        deps,
        { ...run, state: "InProgress", jobId, folderUrl, doubt, attempts },
        now.etag,
      );
      if (written.outcome === "written") return;
    } catch (thrown) {
      failures++;
      deps.log(stepFailed("keep the job of an accepted start", { hsm: mine.hsm, run: mine.id }, thrown));
    }
  }
  deps.log(orphaned(mine, mine.jobId));
}

const newer = (attempt: Attempt, known: readonly Attempt[]): Attempt =>
  known.find(({ id }) => id === attempt.id) ?? attempt;
