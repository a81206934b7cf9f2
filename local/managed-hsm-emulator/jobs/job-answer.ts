import type { Hsm } from "../hsm.ts";
import type { Answer } from "../wire/answer.ts";
import { failedJob, noSuchJob } from "../wire/key-vault-error.ts";
import type { JobStart, Look } from "../wire/operations.ts";
import { type Disguise, isBackupKind, type Job } from "./job.ts";

const NAMES: Readonly<Record<JobStart, string>> = {
  backup: "Full backup",
  prebackup: "The check before a full backup",
  restore: "Full restore",
  keyRestore: "Selective key restore",
  prerestore: "The check before a full restore",
};

const NULL_ERROR = { code: null, message: null, innererror: null };

/** The recorded values of `Retry-After` are 0 and 10. */
const RETRY_SECONDS = 10;

/** 202 for a job that was started. The status address has no api-version, as was seen of the service. */
export function answerStarted(base: string, job: Job, seconds: number): Answer {
  const path = isBackupKind(job.kind) ? "backup" : "restore";
  return {
    status: 202,
    headers: {
      "retry-after": String(seconds < RETRY_SECONDS ? 0 : RETRY_SECONDS),
      "azure-asyncoperation": `${base}/${path}/${job.id}/pending`,
    },
    body: describe(job, job.disguise),
  };
}

/** 200 with the state of a job. @throws Refusal 404 when the HSM knows no such job of this kind, 400 as scripted */
export function answerLook(hsm: Hsm, look: Look, jobId: string, disguise: Disguise): Answer {
  const isBackup = look === "backupStatus";
  const job = hsm.jobs.find(({ id, kind }) => id === jobId.toLowerCase() && isBackupKind(kind) === isBackup);
  if (job === undefined) throw noSuchJob(jobId);
  if (disguise.isLost === true) job.disguise = { ...job.disguise, isLost: true };
  const shown = { ...job.disguise, ...disguise };
  if (shown.isLost === true) throw noSuchJob(jobId);
  if (shown.refusesLook === true && job.status === "Failed" && job.error !== undefined)
    throw failedJob(job.error.message);
  return { status: 200, body: describe(job, shown) };
}

function describe(job: Job, disguise: Disguise): object {
  const isRunning = job.endedAt === undefined;
  const noError = disguise.hasNullError === true ? NULL_ERROR : null;
  const folder = disguise.folderUrl === undefined ? job.folderUrl : disguise.folderUrl;
  return {
    status: disguise.status ?? (isRunning ? "InProgress" : job.status),
    statusDetails: isRunning ? null : describeEnd(job),
    error: isRunning || job.error === undefined ? noError : job.error,
    startTime: toSeconds(job.startedAt),
    endTime: job.endedAt === undefined ? null : toSeconds(job.endedAt),
    jobId: job.id,
    ...(isBackupKind(job.kind) ? { azureStorageBlobContainerUri: folder } : {}),
  };
}

/** Null on success, but for a restore of one key, as recorded. */
function describeEnd(job: Job): string | null {
  if (job.status === "Succeeded") return job.details ?? null;
  return `${NAMES[job.kind]} has failed: ${job.error?.message ?? "no reason is known"}`;
}

const toSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);
