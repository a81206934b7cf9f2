import type { ErrorBody } from "../wire/key-vault-error.ts";
import type { JobStart } from "../wire/operations.ts";

/** What a look at the job shows instead of the truth. */
export type Disguise = {
  /** The status of the job is unknown: 404. */
  readonly isLost?: boolean;
  /** The folder that the status names; null: none. */
  readonly folderUrl?: string | null;
  readonly status?: string;
  /** An error whose parts are all null where the job has none. */
  readonly hasNullError?: boolean;
  /** Once the job has failed, a look is answered 400. */
  readonly refusesLook?: boolean;
};

/** How a scripted fault changes the course of a job. */
export type JobFaults = {
  readonly seconds?: number;
  /** From 0 to 1: the share of its way at which the job fails. */
  readonly failAt?: number;
  readonly neverEnds?: boolean;
  readonly writesNothing?: boolean;
  readonly disguise: Disguise;
};

export type Job = {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly kind: JobStart;
  readonly startedAt: Date;
  disguise: Disguise;
  /** Aborted, it ends the job as `Canceled`. */
  readonly ending: AbortController;
  readonly ended: Promise<void>;
  status: "InProgress" | "Succeeded" | "Failed" | "Canceled";
  endedAt?: Date;
  error?: ErrorBody;
  /** Where the blobs of a backup are now: in a folder that starts with a dot while the job runs. Null before the first. */
  folderUrl: string | null;
  /** What its status details say once it has succeeded: only a restore of one key has such words. */
  details?: string;
  /** What was written, or, by a restore, read. */
  blobCount: number;
  bytes: number;
};

/** The end of a job that could not do what it was started for. */
export class JobFailure extends Error {
  readonly body: ErrorBody;

  constructor(body: ErrorBody) {
    super(body.message);
    this.name = "JobFailure";
    this.body = body;
  }
}

/** A backup's status is asked for at another address than that of every kind of restore. */
export const isBackupKind = (kind: JobStart): boolean => kind === "backup" || kind === "prebackup";
