import { attemptStart } from "./attempt-start.ts";
import { carryOut } from "./carry-out.ts";
import type { Deps } from "./deps.ts";
import { finishRun } from "./finish-run.ts";
import type { Stored } from "./ledger.ts";
import { lookAtJob } from "./look-at-job.ts";
import { isEnded, type Run } from "./run.ts";
import { clockOf } from "./seen.ts";
import { afterNotConfigured } from "./settle-start.ts";

/**
 * Takes a run one step on from where its record stands, whoever looks: no job yet → start one; a job → look at it; ended
 * → finish. Ends with the next message and record, or with the end.
 */
export async function advance(deps: Deps, stored: Stored<Run>): Promise<void> {
  const { value: run, etag } = stored;
  if (isEnded(run)) return finishRun(deps, run);
  const hsm = deps.settings.hsms.find(({ name }) => name === run.hsm);
  if (hsm === undefined) {
    return carryOut(deps, { value: run, etag }, afterNotConfigured(run, clockOf(deps)));
  }
  if (run.state === "Starting") return attemptStart(deps, hsm, { value: run, etag });
  return lookAtJob(deps, hsm, { value: run, etag });
}
