import type { Instant } from "./instant.ts";
import type { RunId } from "./run-id.ts";

export const SCHEMA_VERSION = 1;

export type Trigger = "schedule" | "manual";

/** The claim of one start (`outcome` null: nobody has told yet how it went) or how it went. */
export type Attempt = { readonly id: string; readonly at: Instant; readonly outcome: AttemptOutcome | null };
export type AttemptOutcome = { readonly code: string; readonly status: number | null; readonly at: Instant };

/** What was seen at consecutive looks and isn't certain yet: its code, since when, and at how many looks. */
export type Doubt = { readonly code: string; readonly since: Instant; readonly looks: number };

export type RunError = {
  readonly code: string;
  readonly message: string;
  readonly inner: readonly string[];
  readonly remedy: string;
};

type Base = {
  readonly id: RunId;
  readonly hsm: string;
  readonly slot: Instant | null;
  readonly trigger: Trigger;
  /** Number of the wake-up message that this state waits for. */
  readonly seq: number;
  /** The queue's id of that message; null where only message 0 was sent. */
  readonly messageId: string | null;
  readonly deadlineAt: Instant;
  /** Blob service URL of the account that receives the backup, and the dated container in it. */
  readonly storageUrl: string;
  readonly container: string;
  readonly attempts: readonly Attempt[];
  readonly startedAt: Instant;
  /** Looks at the job so far. */
  readonly followUps: number;
  readonly traceparent: string | null;
};

type Unended = Base & { readonly nextAt: Instant; readonly doubt: Doubt | null };
type Ended = Base & { readonly endedAt: Instant };

/** No job yet. */
export type StartingRun = Unended & { readonly state: "Starting" };
/** The HSM answered 202 and works. */
export type RunningRun = Unended & {
  readonly state: "InProgress";
  readonly jobId: string;
  readonly folderUrl: string | null;
};
/** The HSM said so, and the blobs of its folder were listed and counted. */
export type SucceededRun = Ended & {
  readonly state: "Succeeded";
  readonly jobId: string;
  readonly folderUrl: string;
  readonly blobCount: number;
  readonly bytes: number;
};
export type UnsuccessfulRun = Ended & {
  readonly state: "Failed" | "Canceled" | "TimedOut";
  readonly jobId: string | null;
  readonly folderUrl: string | null;
  readonly error: RunError;
};

export type UnendedRun = StartingRun | RunningRun;
export type EndedRun = SucceededRun | UnsuccessfulRun;
/** One backup of one HSM, in the state that it is in. */
export type Run = UnendedRun | EndedRun;
export type RunState = Run["state"];

export const END_STATES = [
  "Succeeded",
  "Failed",
  "Canceled",
  "TimedOut",
] as const satisfies readonly EndedRun["state"][];
export const RUN_STATES: readonly RunState[] = ["Starting", "InProgress", ...END_STATES];

/** Whether a word names one of the ends. */
export const isEndState = (state: string): boolean => END_STATES.some((end) => end === state);

export const isEnded = (run: Run): run is EndedRun => run.state !== "Starting" && run.state !== "InProgress";

/** Ends a run without success, keeping what is known of its job. */
export function endUnsuccessful(
  run: UnendedRun,
  state: UnsuccessfulRun["state"],
  error: RunError,
  endedAt: Instant,
): UnsuccessfulRun {
  const { nextAt: _nextAt, doubt: _doubt, ...rest } = run;
  const known =
    run.state === "InProgress" ? { jobId: run.jobId, folderUrl: run.folderUrl } : { jobId: null, folderUrl: null };
  return { ...rest, ...known, state, error, endedAt };
}

/** Ends a run whose blobs were listed and counted. */
export function endSucceeded(
  run: RunningRun,
  found: { readonly folderUrl: string; readonly blobCount: number; readonly bytes: number },
  endedAt: Instant,
): SucceededRun {
  const { nextAt: _nextAt, doubt: _doubt, ...rest } = run;
  return { ...rest, ...found, state: "Succeeded", endedAt };
}
