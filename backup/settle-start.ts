import { type CallFailure, sentenceOf } from "./call-failed.ts";
import { millis } from "./instant.ts";
import type { StartedJob } from "./job-report.ts";
import type { RunError, RunningRun, StartingRun, UnendedRun } from "./run.ts";
import { type Clock, doubtAfter, errorOf, fail, isOver, lookAgain, type Next, nextLook, timeOut } from "./settle.ts";

const NOT_ACCEPTED = "No backup was accepted before the deadline.";

/** After a POST /backup that the HSM accepted. */
export function afterAccepted(run: StartingRun, job: StartedJob, clock: Clock): RunningRun {
  const nextAt = nextLook(run, job.retryAfter, clock);
  return { ...run, state: "InProgress", jobId: job.jobId, folderUrl: null, doubt: null, nextAt };
}

/** After a POST /backup that wasn't accepted, or that nobody answered. */
export function afterRefused(run: StartingRun, failure: CallFailure, clock: Clock): Next {
  switch (failure.reason) {
    case "denied":
    case "sasRefused":
      return denied(run, failure, clock);
    case "notFound":
    case "rejected":
      return fail(run, errorOf(failure), clock);
    default:
      return startAgain(run, failure, clock);
  }
}

/** After a container, delegation key or token that couldn't be had, before any POST. */
export function afterPreparing(run: StartingRun, failure: CallFailure, clock: Clock): Next {
  return failure.reason === "denied" ? denied(run, failure, clock) : startAgain(run, failure, clock);
}

/** The HSM isn't among the settings (any more): it may come back until the deadline. */
export function afterNotConfigured(run: UnendedRun, clock: Clock): Next {
  const error: RunError = {
    code: "notConfigured",
    message: `${run.hsm} is not among the configured HSMs.`,
    inner: [],
    remedy: "Add its URL to BACKUP_HSM_URLS, or leave it out for good.",
  };
  return isOver(run, clock) ? fail(run, error, clock) : lookAgain(run, "notConfigured", clock);
}

/** No job, and no time left to get one. */
export function afterNoStart(run: StartingRun, clock: Clock): Next {
  const code = run.doubt?.code ?? "deadline";
  const remedy =
    "The log has a backup.refused for each attempt, with its remedy; raise BACKUP_DEADLINE if the HSM is busy for longer.";
  return timeOut(run, { code, message: NOT_ACCEPTED, inner: [], remedy }, clock);
}

function denied(run: StartingRun, failure: CallFailure, clock: Clock): Next {
  const doubt = doubtAfter(run.doubt, doubtOf(failure), clock);
  const refusedFor = millis(clock.now) - millis(doubt.since);
  if (refusedFor >= clock.intervals.denialGrace) return fail(run, errorOf(failure), clock);
  return startAgain(run, failure, clock);
}

const startAgain = (run: StartingRun, failure: CallFailure, clock: Clock): Next =>
  isOver(run, clock)
    ? timeOut(run, errorOf(failure, `${NOT_ACCEPTED} ${sentenceOf(failure)}`), clock)
    : lookAgain(run, doubtOf(failure), clock);

/** 401, 403 and a refused SAS are one doubt: an HSM may give now the one, now the other for the same missing role. */
const doubtOf = ({ reason }: CallFailure): string => (reason === "sasRefused" ? "denied" : reason);
