import { type CallFailure, sentenceOf } from "./call-failed.ts";
import * as field from "./fields.ts";
import { type Instant, instantOf } from "./instant.ts";
import { SCHEMA_VERSION } from "./validation.ts";

/** One attempt: a POST. `outcome` null: whether the POST took effect is unknown. */
const attemptEntries = {
  at: field.instant,
  outcome: field.orNull(field.shape({ code: field.text, status: field.orNull(field.count), at: field.instant })),
};
export const attemptSchema = field.shape(attemptEntries);
export type Attempt = field.FieldsOf<typeof attemptEntries>;

/** Why a run ended without success, and what the operator can do. */
const errorEntries = {
  code: field.text,
  message: field.text,
  inner: field.listOf(field.text),
  remedy: field.text,
};
export const runErrorSchema = field.shape(errorEntries);
export type RunError = field.FieldsOf<typeof errorEntries>;

/** A finding that is not certain yet: since when, and at how many consecutive steps. */
const doubtEntries = { code: field.text, since: field.instant, times: field.count };
export type Doubt = field.FieldsOf<typeof doubtEntries>;

export const trigger = field.oneOf(["schedule", "manual"]);
const UNSUCCESSFUL = ["Failed", "Canceled", "TimedOut"] as const;
export const END_STATES = ["Succeeded", ...UNSUCCESSFUL] as const;
export const RUN_STATES = ["Starting", "InProgress", ...END_STATES] as const;

/** What a run has in every state, and keeps in its record. */
const commonEntries = {
  id: field.runId,
  hsm: field.hsmName,
  /** The scheduled instant that the run is for; null for a manual start. */
  slot: field.orNull(field.instant),
  trigger,
  deadlineAt: field.instant,
  /** Blob service URL of the account that receives the backup, and the dated container in it. */
  storageUrl: field.url,
  container: field.text,
  attempts: field.listOf(attemptSchema),
  startedAt: field.instant,
  /** The number of looks at the job so far. */
  looks: field.count,
};
/** What carries a run on. */
const baseEntries = {
  ...commonEntries,
  hsmUrl: field.url,
  /** SHA-256 of the `Idempotency-Key`. */
  key: field.orNull(field.text),
  /** How often the run was written, and the number of the message that asks for its next step. */
  seq: field.count,
  /** When the next step is due. */
  nextAt: field.instant,
};
const startingEntries = {
  ...baseEntries,
  state: field.word("Starting"),
  doubt: field.orNull(field.shape(doubtEntries)),
};
const inProgressEntries = {
  ...startingEntries,
  state: field.word("InProgress"),
  jobId: field.jobId,
  /** As the HSM reported it, without a query. */
  folderUrl: field.orNull(field.text),
};
const succeededEntries = {
  ...baseEntries,
  state: field.word("Succeeded"),
  jobId: field.jobId,
  folderUrl: field.url,
  blobCount: field.count,
  bytes: field.count,
  /** How long the job took. */
  jobSeconds: field.optional(field.count),
  endedAt: field.instant,
};
const unsuccessfulEntries = {
  ...baseEntries,
  state: field.oneOf(UNSUCCESSFUL),
  jobId: field.orNull(field.text),
  folderUrl: field.orNull(field.text),
  error: runErrorSchema,
  endedAt: field.instant,
};

/** A run as the HSM's state holds it, from its reservation to its release. */
export const runSchema = field.oneShapeOf("state", RUN_STATES, [
  field.shape(startingEntries),
  field.shape(inProgressEntries),
  field.shape(succeededEntries),
  field.shape(unsuccessfulEntries),
]);

/** No job yet. */
export type StartingRun = field.FieldsOf<typeof startingEntries>;
/** The HSM answered 202 and the job runs. */
export type InProgressRun = field.FieldsOf<typeof inProgressEntries>;
/** The HSM reported success, and the blobs in its folder were counted. */
export type SucceededRun = field.FieldsOf<typeof succeededEntries>;
export type UnsuccessfulRun = field.FieldsOf<typeof unsuccessfulEntries>;

export type ActiveRun = StartingRun | InProgressRun;
export type EndedRun = SucceededRun | UnsuccessfulRun;
/** One backup of one HSM. */
export type Run = ActiveRun | EndedRun;
export type RunState = Run["state"];

export const isEnded = (run: Run): run is EndedRun => run.state !== "Starting" && run.state !== "InProgress";

/** Ends a run without success and keeps what is known about its job. */
export function endUnsuccessful(
  run: ActiveRun,
  state: UnsuccessfulRun["state"],
  error: RunError,
  now: Date,
): UnsuccessfulRun {
  const { doubt: _doubt, ...rest } = run;
  const job = run.state === "InProgress" ? { jobId: run.jobId, folderUrl: run.folderUrl } : NO_JOB;
  return { ...rest, ...job, state, error, ...endedAt(now) };
}

/** Ends a run whose blobs were counted. */
export function endSucceeded(
  run: InProgressRun,
  found: Pick<SucceededRun, "folderUrl" | "blobCount" | "bytes" | "jobSeconds">,
  now: Date,
): SucceededRun {
  const { doubt: _doubt, ...rest } = run;
  return { ...rest, ...found, state: "Succeeded", ...endedAt(now) };
}

const NO_JOB = { jobId: null, folderUrl: null };
/** An end is published immediately. */
const endedAt = (now: Date): { readonly endedAt: Instant; readonly nextAt: Instant } => ({
  endedAt: instantOf(now),
  nextAt: instantOf(now),
});

/** The error of a run that ended because of a failed call. */
export const errorOf = (failure: CallFailure): RunError => ({
  code: failure.code,
  message: sentenceOf(failure),
  inner: failure.inner ?? [],
  remedy: failure.remedy,
});

/** A run as JSON, as the API returns it: every field in every state, null where the state has no value. */
const recordEntries = {
  schemaVersion: field.count,
  ...commonEntries,
  state: field.oneOf(RUN_STATES),
  folderUrl: field.orNull(field.text),
  jobId: field.orNull(field.text),
  endedAt: field.orNull(field.instant),
  blobCount: field.orNull(field.count),
  bytes: field.orNull(field.count),
  error: field.orNull(runErrorSchema),
};
export const recordSchema = field.shape(recordEntries);
export type RunRecord = field.FieldsOf<typeof recordEntries>;

/** An ended run in the history. Its state never changes. */
const endedEntries = { ...recordEntries, state: field.oneOf(END_STATES), endedAt: field.instant };
export const endedRecordSchema = field.shape(endedEntries);
export type EndedRecord = field.FieldsOf<typeof endedEntries>;

/** The record of a run in any state. */
export function toRecord(run: Run): RunRecord {
  const { id, hsm, slot, trigger, state, deadlineAt, storageUrl, container, attempts, startedAt, looks } = run;
  const ended = isEnded(run) ? run : null;
  const succeeded = run.state === "Succeeded" ? run : null;
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    hsm,
    slot,
    trigger,
    state,
    deadlineAt,
    storageUrl,
    container,
    folderUrl: run.state === "Starting" ? null : run.folderUrl,
    jobId: run.state === "Starting" ? null : run.jobId,
    attempts,
    startedAt,
    endedAt: ended?.endedAt ?? null,
    looks,
    blobCount: succeeded?.blobCount ?? null,
    bytes: succeeded?.bytes ?? null,
    error: ended !== null && ended.state !== "Succeeded" ? ended.error : null,
  };
}
