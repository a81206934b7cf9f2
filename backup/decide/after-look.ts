import type { CallFailure, Outcome } from "../model/call-failed.ts";
import { SECOND } from "../model/instant.ts";
import type { JobReport } from "../model/job-report.ts";
import { endSucceeded, endUnsuccessful, errorOf, type InProgressRun, type Run, type RunError } from "../model/run.ts";
import { type Clock, doubtAfter, doubtedFor, isOver, jobTime, planLook, tryAgain, waitFor } from "./next-look.ts";

/** A folder whose blobs must be counted before the run is a success. */
export type ToVerify = {
  readonly run: InProgressRun;
  readonly folder: string;
  readonly folderUrl: string;
  readonly jobSeconds: number;
};

/** An empty or missing folder gets the look that found it and two more. */
const EMPTY_FOLDER_LOOKS = 3;
/** An unknown job or a rejected look must be seen twice. */
const SURE_LOOKS = 2;
const BAD_REQUEST = 400;

/** After a look at the job: the run's next state, or a folder to verify. */
export function afterLook(looked: InProgressRun, seen: Outcome<JobReport>, clock: Clock): Run | ToVerify {
  const run: InProgressRun = { ...looked, looks: looked.looks + 1 };
  if ("failure" in seen) return afterFailedLook(run, seen.failure, clock);
  const report = seen.value;
  const named: InProgressRun = { ...run, folderUrl: report.folderUrl ?? run.folderUrl };
  switch (report.status) {
    case "running":
      return afterRunning(named, report.retryAfter, clock);
    case "Failed":
    case "Canceled": {
      const remedy = `See the HSM's error. ${nextTry(run)}`;
      return endUnsuccessful(named, report.status, { ...report.error, remedy }, clock.now);
    }
    case "Succeeded":
      return afterSuccess(named, report.seconds, clock);
  }
}

/** After the blobs of a succeeded job were counted, or the count failed. */
export function afterListing(
  { run, folderUrl, jobSeconds }: ToVerify,
  seen: Outcome<{ readonly blobCount: number; readonly bytes: number }>,
  clock: Clock,
): Run {
  if ("value" in seen && seen.value.blobCount > 0 && seen.value.bytes > 0)
    return endSucceeded(run, { folderUrl, jobSeconds, ...seen.value }, clock.now);
  // A deleted container counts as an empty folder.
  return "value" in seen || seen.failure.reason === "notFound"
    ? afterEmptyFolder(run, clock)
    : lookAgain(run, seen.failure, clock);
}

function afterFailedLook(run: InProgressRun, failure: CallFailure, clock: Clock): Run {
  if (failure.reason === "notFound") {
    const message = `The HSM no longer knows job ${run.jobId}.`;
    return onceSure(run, { code: "jobLost", message, inner: [], remedy: nextTry(run) }, SURE_LOOKS, clock);
  }
  // Older services answer a look at a failed job with 400 and the error of the job.
  if (failure.reason === "rejected" && failure.status === BAD_REQUEST)
    return onceSure(run, errorOf(failure), SURE_LOOKS, clock);
  return lookAgain(run, failure, clock);
}

const lookAgain = (run: InProgressRun, failure: CallFailure, clock: Clock): Run =>
  isOver(run, clock)
    ? endUnsuccessful(run, "TimedOut", errorOf(failure), clock.now)
    : tryAgain(run, failure.reason, failure.retryAfter ?? null, clock);

function afterRunning(run: InProgressRun, retryAfter: number | null, clock: Clock): Run {
  if (!isOver(run, clock)) return planLook(run, retryAfter, clock);
  const message = `Job ${run.jobId} was still running at the deadline.`;
  const remedy = "Check what the HSM is doing; raise BACKUP_DEADLINE if its backups take longer.";
  return endUnsuccessful(run, "TimedOut", { code: "deadline", message, inner: [], remedy }, clock.now);
}

function afterSuccess(run: InProgressRun, seconds: number | undefined, clock: Clock): Run | ToVerify {
  const found = locateFolder(run.folderUrl, run.storageUrl, run.container);
  switch (found.place) {
    case "inside":
      return { run, folder: found.folder, folderUrl: found.folderUrl, jobSeconds: jobSecondsOf(run, seconds, clock) };
    case "none":
      return afterEmptyFolder(run, clock);
    case "elsewhere": {
      const message = `The HSM names a folder outside the container ${run.container} of this run.`;
      const remedy = "Find out what else starts backups of this HSM, and where they go.";
      return endUnsuccessful(run, "Failed", { code: "foreignFolder", message, inner: [], remedy }, clock.now);
    }
  }
}

/** By the HSM's clock, if that is possible; else until now, which includes the wait for this look. */
function jobSecondsOf(run: InProgressRun, seconds: number | undefined, clock: Clock): number {
  const atMost = Math.max(0, Math.round(jobTime(run, clock) / SECOND));
  return Math.min(seconds ?? atMost, atMost);
}

function afterEmptyFolder(run: InProgressRun, clock: Clock): Run {
  const message = `The HSM reports job ${run.jobId} as succeeded, but ${run.container} holds none of its blobs.`;
  const remedy = "Check whether a lifecycle rule or a person deletes the blobs in this container.";
  return onceSure(run, { code: "nothingWritten", message, inner: [], remedy }, EMPTY_FOLDER_LOOKS, clock);
}

/** Fails after the same finding at `looks` looks, if `certaintyPause` has passed between the first and the last. */
function onceSure(run: InProgressRun, error: RunError, looks: number, clock: Clock): Run {
  const { certaintyPause } = clock.intervals;
  const doubt = doubtAfter(run.doubt, error.code, clock);
  if (doubt.times >= looks && doubtedFor(doubt, clock) >= certaintyPause)
    return endUnsuccessful(run, "Failed", error, clock.now);
  if (isOver(run, clock)) return endUnsuccessful(run, "TimedOut", error, clock.now);
  return waitFor({ ...run, doubt }, certaintyPause / (looks - 1), clock);
}

/** What happens next, after an end that another try can make up for. */
const nextTry = ({ slot }: InProgressRun): string =>
  slot === null ? "Start the backup again." : "The app tries this slot again automatically.";

/** Where the folder that the HSM named is, relative to the run's own container. */
export type FolderPlace =
  | { readonly place: "inside"; readonly folder: string; readonly folderUrl: string }
  | { readonly place: "none" }
  | { readonly place: "elsewhere" };

/**
 * Compares the folder URL of a job with the account and container of its run. A query, which may be a SAS, and trailing
 * slashes are dropped. A path that leaves the container is elsewhere.
 */
export function locateFolder(folderUrl: string | null, storageUrl: string, container: string): FolderPlace {
  if (folderUrl === null || folderUrl.trim() === "") return { place: "none" };
  const url = URL.parse(folderUrl);
  const own = URL.parse(`${storageUrl}/${container}`);
  if (url === null || own === null || url.origin !== own.origin) return { place: "elsewhere" };
  const path = decoded(url.pathname)?.replace(/\/+/g, "/").replace(/\/$/, "");
  if (path === own.pathname) return { place: "none" };
  if (path === undefined || !path.startsWith(`${own.pathname}/`)) return { place: "elsewhere" };
  const folder = path.slice(own.pathname.length + 1);
  if (folder.split("/").includes("..")) return { place: "elsewhere" };
  return { place: "inside", folder, folderUrl: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
