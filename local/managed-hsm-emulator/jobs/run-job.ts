import { randomUUID } from "node:crypto";
import type { Emulator, Hsm } from "../hsm.ts";
import { StorageRefusal } from "../storage/storage-container.ts";
import { busy } from "../wire/key-vault-error.ts";
import type { JobStart } from "../wire/operations.ts";
import { isBackupKind, type Job, JobFailure, type JobFaults } from "./job.ts";
import { makePace, type Pace } from "./pace.ts";

export type JobWork = (job: Job, pace: Pace, signal: AbortSignal) => Promise<void>;

/** @throws Refusal 409 while a backup or a restore runs: an HSM does one at a time, and queues none */
export function refuseWhileBusy(hsm: Hsm): void {
  const running = hsm.jobs.find((job) => job.endedAt === undefined);
  if (running !== undefined) throw busy(isBackupKind(running.kind) ? "backup" : "restore");
}

/**
 * Starts a job, which runs in the background: it never rejects, and its end is stored in the job.
 * @throws Refusal 409 while another runs
 */
export function startJob(
  emulator: Emulator,
  hsm: Hsm,
  kind: JobStart,
  seconds: number,
  faults: JobFaults,
  work: JobWork,
): Job {
  refuseWhileBusy(hsm);
  const ended = Promise.withResolvers<void>();
  const job: Job = {
    id: randomUUID().replaceAll("-", ""),
    kind,
    startedAt: emulator.now(),
    disguise: faults.disguise,
    ending: new AbortController(),
    ended: ended.promise,
    status: "InProgress",
    folderUrl: null,
    blobCount: 0,
    bytes: 0,
  };
  hsm.jobs.push(job);
  // Before the answer: a job that was answered 202 is in the journal.
  emulator.journal?.write(hsm.name, job);
  void run(job, seconds, faults, work).then(() => {
    job.endedAt = emulator.now();
    emulator.journal?.write(hsm.name, job);
    ended.resolve();
  });
  return job;
}

async function run(job: Job, seconds: number, faults: JobFaults, work: JobWork): Promise<void> {
  const { signal } = job.ending;
  const pace = makePace(seconds, faults, signal);
  try {
    await work(job, pace, signal);
    await pace(1);
    job.status = "Succeeded";
  } catch (error) {
    job.status = signal.aborted ? "Canceled" : "Failed";
    job.error = describe(error, signal.aborted);
  }
}

function describe(error: unknown, isCanceled: boolean): NonNullable<Job["error"]> {
  if (isCanceled) return { code: "Canceled", message: "The job was canceled." };
  if (error instanceof JobFailure) return error.body;
  if (error instanceof StorageRefusal) {
    return {
      code: "StorageError",
      message: "The storage refused what the job asked of it.",
      innererror: { code: error.code, message: error.message },
    };
  }
  // The message could contain addresses or keys, so only the name is shown.
  const name = error instanceof Error ? error.name : "unknown";
  return { code: "InternalServerError", message: `The job failed in the emulator itself (${name}).` };
}
