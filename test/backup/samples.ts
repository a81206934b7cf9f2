import type { CallFailure, FailureReason } from "../../backup/model/call-failed.ts";
import type {
  Doubt,
  EndedRecord,
  InProgressRun,
  RunError,
  StartingRun,
  SucceededRun,
  UnsuccessfulRun,
} from "../../backup/model/run.ts";
import { type HsmState, newState, type RunSummary } from "../../backup/model/state.ts";

// One slot of contoso on one day, two in the morning, from which every sample is made.
export const SLOT = "2026-11-23T02:00:00.000Z";
export const STARTED = "2026-11-23T02:00:04.000Z";
export const ENDED = "2026-11-23T02:04:04.000Z";
export const DEADLINE = "2026-11-23T08:00:04.000Z";
export const RUN_ID = "20261123T020000Z-1-k3v9x2ab";
export const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";
export const STORAGE = "https://backups.blob.core.windows.net";
export const CONTAINER = "mhsm-backup-contoso-2026-11-23";
export const FOLDER = "mhsm-contoso-20261123020010";
export const FOLDER_URL = `${STORAGE}/${CONTAINER}/${FOLDER}`;

/** What must not be found in anything that is kept or shown. */
export const SIGNATURE = "Zm9vYmFyYmF6cXV4%2BsecretSignature%3D";
export const SAS = `sv=2024-11-04&st=2026-11-23T01%3A45%3A04Z&se=2026-11-24T03%3A00%3A04Z&sr=c&sp=crdw&spr=https&sig=${SIGNATURE}`;

const base = {
  id: RUN_ID,
  hsm: "contoso",
  hsmUrl: "https://contoso.managedhsm.azure.net",
  slot: SLOT,
  trigger: "schedule",
  key: null,
  seq: 3,
  nextAt: "2026-11-23T02:01:00.000Z",
  deadlineAt: DEADLINE,
  storageUrl: STORAGE,
  container: CONTAINER,
  attempts: [{ at: STARTED, outcome: { code: "accepted", status: 202, at: STARTED } }],
  startedAt: STARTED,
  looks: 4,
} as const;

export const doubtOf = (code: string, since: string, times: number): Doubt => ({ code, since, times });

export const startingRun = (changes: Partial<StartingRun> = {}): StartingRun => ({
  ...base,
  state: "Starting",
  looks: 0,
  attempts: [],
  doubt: null,
  ...changes,
});

export const inProgressRun = (changes: Partial<InProgressRun> = {}): InProgressRun => ({
  ...base,
  state: "InProgress",
  jobId: JOB_ID,
  folderUrl: null,
  doubt: null,
  ...changes,
});

export const succeededRun = (changes: Partial<SucceededRun> = {}): SucceededRun => ({
  ...base,
  state: "Succeeded",
  jobId: JOB_ID,
  folderUrl: FOLDER_URL,
  blobCount: 12,
  bytes: 3_400_000,
  nextAt: ENDED,
  endedAt: ENDED,
  ...changes,
});

const runError: RunError = {
  code: "InternalError",
  message: "The job failed.",
  inner: ["StorageError: slow"],
  remedy: "Try again.",
};

export const failedRun = (changes: Partial<UnsuccessfulRun> = {}): UnsuccessfulRun => ({
  ...base,
  state: "Failed",
  jobId: JOB_ID,
  folderUrl: null,
  error: runError,
  nextAt: ENDED,
  endedAt: ENDED,
  ...changes,
});

/** The record of a run that succeeded, unless `changes` say otherwise. */
export const recordOf = (changes: Partial<EndedRecord> = {}): EndedRecord => ({
  schemaVersion: 1,
  id: RUN_ID,
  hsm: "contoso",
  slot: SLOT,
  trigger: "schedule",
  state: "Succeeded",
  deadlineAt: DEADLINE,
  storageUrl: STORAGE,
  container: CONTAINER,
  folderUrl: FOLDER_URL,
  jobId: JOB_ID,
  attempts: base.attempts,
  startedAt: STARTED,
  endedAt: ENDED,
  looks: 4,
  blobCount: 12,
  bytes: 3_400_000,
  error: null,
  ...changes,
});

/** An ended run in a state; failed, unless `changes` say otherwise. */
export const summary = (changes: Partial<RunSummary> = {}): RunSummary => ({
  id: RUN_ID,
  slot: SLOT,
  trigger: "schedule",
  key: null,
  state: "Failed",
  startedAt: STARTED,
  endedAt: ENDED,
  blobCount: null,
  bytes: null,
  ...changes,
});

/** A verified success, started at that instant. */
export const success = (startedAt: string, changes: Partial<RunSummary> = {}): RunSummary =>
  summary({ state: "Succeeded", startedAt, endedAt: startedAt, blobCount: 12, bytes: 3_400_000, ...changes });

export const stateOf = (changes: Partial<HsmState> = {}): HsmState => ({
  ...newState("contoso", "2026-11-01T12:00:00.000Z"),
  ...changes,
});

export const callFailure = (reason: FailureReason, changes: Partial<CallFailure> = {}): CallFailure => ({
  operation: "start a full backup",
  target: "contoso",
  reason,
  status: 403,
  code: "Forbidden",
  said: "The caller lacks a role.",
  remedy: "Grant 'Managed HSM Backup' at scope /.",
  ...changes,
});
