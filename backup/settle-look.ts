import type { CallFailure } from "./call-failed.ts";
import { bareUrl, locateFolder } from "./folder.ts";
import { instantOf, millis } from "./instant.ts";
import type { JobReport } from "./job-report.ts";
import { endSucceeded, endUnsuccessful, type RunError, type RunningRun } from "./run.ts";
import {
  type Clock,
  doubtAfter,
  errorOf,
  fail,
  isOver,
  lookAgain,
  type Next,
  nextLook,
  nextTry,
  RAISE_DEADLINE,
  type Seen,
  timeOut,
  type Verify,
  waitFor,
} from "./settle.ts";

/** Looks that an empty or missing folder gets: the one that found it and two more. */
const EMPTY_FOLDER_LOOKS = 3;
/** And so long between the first and the last of them, however fast the queue brings them. */
const EMPTY_FOLDER_PAUSES = 2;
const JOB_LOST_LOOKS = 2;

/** After a look at the job. */
export function afterLook(looked: RunningRun, seen: Seen<JobReport>, clock: Clock): Next | Verify {
  const run: RunningRun = { ...looked, followUps: looked.followUps + 1 };
  if ("failure" in seen) {
    return seen.failure.reason === "notFound" ? jobUnknown(run, clock) : lookFailed(run, seen.failure, clock);
  }
  const report = seen.value;
  const folderUrl = bareUrl(report.folderUrl);
  switch (report.status) {
    case "running":
      return stillRunning({ ...run, folderUrl: folderUrl ?? run.folderUrl }, report.retryAfter, clock);
    case "Failed":
    case "Canceled": {
      const remedy = `Read the HSM's own words. ${nextTry(run)}`;
      const ended = endUnsuccessful(
        { ...run, folderUrl },
        report.status,
        { ...report.error, remedy },
        instantOf(clock.now),
      );
      return { kind: "end", run: ended };
    }
    case "Succeeded":
      return succeeded({ ...run, folderUrl }, clock);
  }
}

/** After the blobs of a finished job's folder were listed, or couldn't be. */
export function afterListing(
  looked: RunningRun,
  folderUrl: string,
  seen: Seen<{ readonly blobCount: number; readonly bytes: number }>,
  clock: Clock,
): Next {
  const run: RunningRun = { ...looked, followUps: looked.followUps + 1, folderUrl };
  if ("failure" in seen) {
    // A container that has gone takes its blobs with it: that is an empty folder, looked at as often.
    return seen.failure.reason === "notFound" ? nothingThere(run, clock) : lookFailed(run, seen.failure, clock);
  }
  // Blobs without a byte in them are no backup either.
  if (seen.value.blobCount === 0 || seen.value.bytes === 0) return nothingThere(run, clock);
  return { kind: "end", run: endSucceeded(run, { folderUrl, ...seen.value }, instantOf(clock.now)) };
}

function jobUnknown(run: RunningRun, clock: Clock): Next {
  const doubt = doubtAfter(run.doubt, "jobUnknown", clock);
  const unknownFor = millis(clock.now) - millis(doubt.since);
  if (doubt.looks >= JOB_LOST_LOOKS && unknownFor >= clock.intervals.jobLostAfter) {
    const message = `The HSM doesn't know job ${run.jobId} (any more).`;
    return fail(run, { code: "jobLost", message, inner: [], remedy: nextTry(run) }, clock);
  }
  if (isOver(run, clock)) {
    const message = `The HSM didn't know job ${run.jobId} at the last look.`;
    return timeOut(run, { code: "jobUnknown", message, inner: [], remedy: nextTry(run) }, clock);
  }
  return waitFor({ ...run, doubt }, Math.max(clock.intervals.jobLostAfter, clock.intervals.lookShortest), clock);
}

function lookFailed(run: RunningRun, failure: CallFailure, clock: Clock): Next {
  if (isOver(run, clock)) return timeOut(run, errorOf(failure), clock);
  return lookAgain(run, failure.reason, clock);
}

function stillRunning(run: RunningRun, retryAfter: number | null, clock: Clock): Next {
  const certain: RunningRun = { ...run, doubt: null };
  if (isOver(run, clock)) {
    const message = `Job ${run.jobId} still ran at the deadline.`;
    return timeOut(certain, { code: "deadline", message, inner: [], remedy: RAISE_DEADLINE }, clock);
  }
  return { kind: "wait", run: { ...certain, nextAt: nextLook(run, retryAfter, clock) } };
}

function succeeded(run: RunningRun, clock: Clock): Next | Verify {
  const found = locateFolder(run.folderUrl, run.storageUrl, run.container);
  switch (found.place) {
    case "inside":
      return { kind: "verify", folder: found.folder, folderUrl: found.folderUrl };
    case "none":
      return nothingThere(run, clock);
    case "elsewhere": {
      const message = `The HSM names a folder outside the container ${run.container} of this run.`;
      const remedy = "Find out who else starts backups of this HSM, and where they go.";
      return fail(run, { code: "foreignFolder", message, inner: [], remedy }, clock);
    }
  }
}

function nothingThere(run: RunningRun, clock: Clock): Next {
  const doubt = doubtAfter(run.doubt, "nothingWritten", clock);
  const message = `The HSM calls job ${run.jobId} a success, but nothing of it is in ${run.container}.`;
  const remedy = "Look at the container by hand, and whether a lifecycle rule or a person empties it.";
  const error: RunError = { code: "nothingWritten", message, inner: [], remedy };
  const emptyFor = millis(clock.now) - millis(doubt.since);
  const isCertain = doubt.looks >= EMPTY_FOLDER_LOOKS && emptyFor >= EMPTY_FOLDER_PAUSES * clock.intervals.lookShortest;
  if (isCertain) return fail(run, error, clock);
  if (isOver(run, clock)) return timeOut(run, error, clock);
  return waitFor({ ...run, doubt }, clock.intervals.lookShortest, clock);
}
