/** The HSM's error: its code and message, and those of nested errors. */
export type JobError = { readonly code: string; readonly message: string; readonly inner: readonly string[] };

/** The status of a job. Only the documented words end it; any other word means `running`. */
export type JobReport =
  | {
      readonly status: "running";
      readonly folderUrl: string | null;
      /** The HSM's `Retry-After`, in milliseconds. */
      readonly retryAfter: number | null;
    }
  | {
      readonly status: "Succeeded";
      readonly folderUrl: string | null;
      /** How long the job took by the HSM's own clock, where the HSM says so. */
      readonly seconds?: number;
    }
  | { readonly status: "Failed" | "Canceled"; readonly folderUrl: string | null; readonly error: JobError };

/** The HSM's 202. Of the answer, only the id of the job is kept. */
export type StartedJob = { readonly jobId: string; readonly retryAfter: number | null };
