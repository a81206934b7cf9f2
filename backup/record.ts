import {
  BadField,
  count,
  countOrNull,
  type Fields,
  fieldsOf,
  instant,
  instantOrNull,
  list,
  nested,
  oneOf,
  parseJson,
  text,
  textOrNull,
  texts,
  url,
  versionNumber,
} from "./fields.ts";
import { type Attempt, type Doubt, isEnded, RUN_STATES, type Run, type RunError, SCHEMA_VERSION } from "./run.ts";
import { containerOf, deadline } from "./run-fields.ts";
import { runId } from "./run-id.ts";

/** A run as JSON: every field in every state, null where the state has none. What the ledger holds and HTTP answers. */
export type RunRecord = ReturnType<typeof toRecord>;

export function toRecord(run: Run) {
  const ended = isEnded(run);
  const succeeded = run.state === "Succeeded";
  return {
    schemaVersion: SCHEMA_VERSION,
    id: run.id,
    hsm: run.hsm,
    slot: run.slot,
    trigger: run.trigger,
    state: run.state,
    seq: run.seq,
    messageId: run.messageId,
    nextAt: ended ? null : run.nextAt,
    deadlineAt: run.deadlineAt,
    doubt: ended ? null : run.doubt,
    storageUrl: run.storageUrl,
    container: run.container,
    folderUrl: run.state === "Starting" ? null : run.folderUrl,
    jobId: run.state === "Starting" ? null : run.jobId,
    attempts: run.attempts,
    startedAt: run.startedAt,
    endedAt: ended ? run.endedAt : null,
    followUps: run.followUps,
    blobCount: succeeded ? run.blobCount : null,
    bytes: succeeded ? run.bytes : null,
    error: ended && !succeeded ? run.error : null,
    traceparent: run.traceparent,
  };
}

/** A record as it was found: a run, one of a newer version (left alone), or bytes that make no run. */
export type ReadRecord =
  | { readonly outcome: "run"; readonly run: Run }
  | { readonly outcome: "newer"; readonly version: number }
  | { readonly outcome: "unreadable"; readonly problem: string };

/** Reads a record from its text; `id` and `hsm` are what the blob's name says, and the record must say the same. */
export function readRecordText(json: string, hsm: string, id: string): ReadRecord {
  try {
    const fields = fieldsOf(parseJson(json, "record"), "record");
    const version = versionNumber(fields, "schemaVersion");
    if (version > SCHEMA_VERSION) return { outcome: "newer", version };
    const run = runOf(fields, hsm);
    if (run.id !== id) throw new BadField("id", id, run.id);
    if (run.hsm !== hsm) throw new BadField("hsm", hsm, run.hsm);
    return { outcome: "run", run };
  } catch (thrown) {
    if (thrown instanceof BadField) return { outcome: "unreadable", problem: thrown.message };
    throw thrown;
  }
}

function runOf(from: Fields, hsm: string): Run {
  const id = runId(from, "id");
  const startedAt = instant(from, "startedAt");
  const base = {
    id,
    hsm: text(from, "hsm"),
    slot: instantOrNull(from, "slot"),
    trigger: oneOf(from, "trigger", ["schedule", "manual"]),
    seq: count(from, "seq"),
    messageId: textOrNull(from, "messageId"),
    deadlineAt: deadline(from, "deadlineAt", startedAt),
    storageUrl: url(from, "storageUrl"),
    container: containerOf(from, "container", hsm),
    attempts: list(from, "attempts", attemptOf),
    startedAt,
    followUps: count(from, "followUps"),
    traceparent: textOrNull(from, "traceparent"),
  };
  const state = oneOf(from, "state", RUN_STATES);
  switch (state) {
    case "Starting":
      return { ...base, ...progressOf(from), state };
    case "InProgress":
      return {
        ...base,
        ...progressOf(from),
        state,
        jobId: text(from, "jobId"),
        folderUrl: textOrNull(from, "folderUrl"),
      };
    case "Succeeded":
      return {
        ...base,
        state,
        jobId: text(from, "jobId"),
        folderUrl: text(from, "folderUrl"),
        blobCount: count(from, "blobCount"),
        bytes: count(from, "bytes"),
        endedAt: instant(from, "endedAt"),
      };
    default:
      return {
        ...base,
        state,
        jobId: textOrNull(from, "jobId"),
        folderUrl: textOrNull(from, "folderUrl"),
        error: errorOf(fieldsOf(from.error, "error")),
        endedAt: instant(from, "endedAt"),
      };
  }
}

const progressOf = (from: Fields) => ({ nextAt: instant(from, "nextAt"), doubt: nested(from, "doubt", doubtOf) });

const doubtOf = (from: Fields): Doubt => ({
  code: text(from, "code"),
  since: instant(from, "since"),
  looks: count(from, "looks"),
});

const attemptOf = (from: Fields): Attempt => ({
  id: text(from, "id"),
  at: instant(from, "at"),
  outcome: nested(from, "outcome", (outcome) => ({
    code: text(outcome, "code"),
    status: countOrNull(outcome, "status"),
    at: instant(outcome, "at"),
  })),
});

const errorOf = (from: Fields): RunError => ({
  code: text(from, "code"),
  message: text(from, "message"),
  inner: texts(from, "inner"),
  remedy: text(from, "remedy"),
});
