import type { CallFailure, Outcome } from "../model/call-failed.ts";
import type { StartedJob } from "../model/job-report.ts";
import { type EndedRun, endUnsuccessful, errorOf, type Run, type StartingRun } from "../model/run.ts";
import { type Clock, doubtAfter, doubtedFor, planLook, tryAgain } from "./next-look.ts";

/** After the POST: a job, another attempt, or the end. */
export function afterStart(run: StartingRun, posted: Outcome<StartedJob>, clock: Clock): Run {
  if ("value" in posted) {
    const { jobId, retryAfter } = posted.value;
    return planLook({ ...run, state: "InProgress", jobId, folderUrl: null }, retryAfter, clock);
  }
  const { failure } = posted;
  switch (failure.reason) {
    case "denied":
    case "sasRefused":
      return afterDenial(run, failure, clock);
    case "notFound":
    case "rejected":
      return endUnsuccessful(run, "Failed", errorOf(failure), clock.now);
    default:
      return startAgain(run, failure, clock);
  }
}

/** After the container, the delegation key or a token could not be obtained, before the POST. */
export const afterPreparation = (run: StartingRun, failure: CallFailure, clock: Clock): Run =>
  failure.reason === "denied" ? afterDenial(run, failure, clock) : startAgain(run, failure, clock);

/** The deadline came before a job started. */
export function afterNoStart(run: StartingRun, { now }: Clock): EndedRun {
  const code = run.doubt?.code ?? "deadline";
  const remedy =
    "See backup.refused in the log for each attempt and its remedy; raise BACKUP_DEADLINE if the HSM is busy for longer.";
  return endUnsuccessful(
    run,
    "TimedOut",
    { code, message: "No backup was accepted before the deadline.", inner: [], remedy },
    now,
  );
}

/** Role assignments take minutes to propagate. */
function afterDenial(run: StartingRun, failure: CallFailure, clock: Clock): Run {
  const doubt = doubtAfter(run.doubt, doubtCode(failure), clock);
  return doubtedFor(doubt, clock) >= clock.intervals.denialGrace
    ? endUnsuccessful(run, "Failed", errorOf(failure), clock.now)
    : startAgain(run, failure, clock);
}

const startAgain = (run: StartingRun, failure: CallFailure, clock: Clock): Run =>
  tryAgain(run, doubtCode(failure), failure.retryAfter ?? null, clock);

/** 401, 403 and a refused SAS count as one doubt: an HSM may answer with either for the same missing role. */
const doubtCode = ({ reason }: CallFailure): string => (reason === "sasRefused" ? "denied" : reason);
