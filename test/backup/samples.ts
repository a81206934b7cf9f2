import type { CallFailure, FailureReason } from "../../backup/call-failed.ts";
import { type ActiveRun, type Card, type EndedSummary, newCard } from "../../backup/card.ts";
import type { Doubt, RunError, RunningRun, StartingRun, SucceededRun, UnsuccessfulRun } from "../../backup/run.ts";

// One slot of contoso on one day, two in the morning, from which every sample is made.
export const SLOT = "2026-11-23T02:00:00.000Z";
export const STARTED = "2026-11-23T02:00:04.000Z";
export const DEADLINE = "2026-11-23T08:00:04.000Z";
export const RUN_ID = "20261123T020000Z-1-k3v9x2ab";
export const STORAGE = "https://backups.blob.core.windows.net";
export const CONTAINER = "mhsm-backup-contoso-2026-11-23";
export const FOLDER = "mhsm-contoso-20261123020010";
export const FOLDER_URL = `${STORAGE}/${CONTAINER}/${FOLDER}`;
export const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** What must not be found in anything that is kept or shown. */
export const SIGNATURE = "Zm9vYmFyYmF6cXV4%2BsecretSignature%3D";
export const SAS = `sv=2024-11-04&st=2026-11-23T01%3A45%3A04Z&se=2026-11-24T03%3A00%3A04Z&sr=c&sp=crdw&spr=https&sig=${SIGNATURE}`;

const base = {
  id: RUN_ID,
  hsm: "contoso",
  slot: SLOT,
  trigger: "schedule",
  seq: 3,
  messageId: "5f1c2a9e-0d3b-4b8e-9a55-1f7d2c6e8a10",
  deadlineAt: DEADLINE,
  storageUrl: STORAGE,
  container: CONTAINER,
  attempts: [{ id: "a1b2c3d4", at: STARTED, outcome: { code: "accepted", status: 202, at: STARTED } }],
  startedAt: STARTED,
  followUps: 4,
  traceparent: TRACE,
} as const;

export const doubtOf = (code: string, since: string, looks: number): Doubt => ({ code, since, looks });

export const startingRun = (changes: Partial<StartingRun> = {}): StartingRun => ({
  ...base,
  state: "Starting",
  followUps: 0,
  attempts: [],
  nextAt: "2026-11-23T02:03:04.000Z",
  doubt: null,
  ...changes,
});

export const runningRun = (changes: Partial<RunningRun> = {}): RunningRun => ({
  ...base,
  state: "InProgress",
  jobId: "45aacd568ab049a2803861e8dd3ae21f",
  folderUrl: null,
  nextAt: "2026-11-23T02:01:00.000Z",
  doubt: null,
  ...changes,
});

export const succeededRun = (changes: Partial<SucceededRun> = {}): SucceededRun => ({
  ...base,
  state: "Succeeded",
  jobId: "45aacd568ab049a2803861e8dd3ae21f",
  folderUrl: FOLDER_URL,
  blobCount: 12,
  bytes: 3_400_000,
  endedAt: "2026-11-23T02:04:04.000Z",
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
  jobId: "45aacd568ab049a2803861e8dd3ae21f",
  folderUrl: null,
  error: runError,
  endedAt: "2026-11-23T02:04:04.000Z",
  ...changes,
});

export const activeRun = (changes: Partial<ActiveRun> = {}): ActiveRun => ({
  id: RUN_ID,
  slot: SLOT,
  trigger: "schedule",
  key: null,
  at: STARTED,
  deadlineAt: DEADLINE,
  storageUrl: STORAGE,
  container: CONTAINER,
  traceparent: TRACE,
  ...changes,
});

/** An ended run on a card; failed unless it is told to have succeeded. */
export const summary = (changes: Partial<EndedSummary> = {}): EndedSummary => ({
  id: RUN_ID,
  slot: SLOT,
  trigger: "schedule",
  key: null,
  state: "Failed",
  startedAt: STARTED,
  endedAt: "2026-11-23T02:04:04.000Z",
  blobCount: null,
  bytes: null,
  ...changes,
});

export const SINCE = "2026-11-01T12:00:00.000Z";

export const cardOf = (changes: Partial<Card> = {}): Card => ({ ...newCard("contoso", SINCE), ...changes });

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
