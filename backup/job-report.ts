/** What the HSM says went wrong: its code and words, and those of the errors nested in it. */
export type JobError = { readonly code: string; readonly message: string; readonly inner: readonly string[] };

/** How a job stands. Only the four known words end one; `running` stands for any other. */
export type JobReport =
  | {
      readonly status: "running";
      /** The HSM's own word. */
      readonly word: string;
      readonly folderUrl: string | null;
      /** How long the HSM asks to be left alone, in milliseconds. */
      readonly retryAfter: number | null;
    }
  | { readonly status: "Succeeded"; readonly folderUrl: string | null }
  | { readonly status: "Failed" | "Canceled"; readonly folderUrl: string | null; readonly error: JobError };

/** The HSM's 202: the job is its own id, and is all that is kept. */
export type StartedJob = { readonly jobId: string; readonly retryAfter: number | null };
