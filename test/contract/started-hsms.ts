import type { FailureReason } from "../../backup/model/call-failed.ts";
import type { Hsm } from "../../backup/model/names.ts";
import type { Authentication } from "../../backup/model/settings.ts";
import type { BackupTarget, Ports } from "../../backup/ports.ts";

/** What becomes of the next job: it fails, is canceled, runs on, writes nothing, names no or another folder, is forgotten. */
export type NextJob =
  | "fails"
  | "isCanceled"
  | "runsOn"
  | "writesNothing"
  | "namesNoFolder"
  | "namesForeignFolder"
  | "isLost";
export type Refusal = Extract<FailureReason, "denied" | "sasRefused" | "busy" | "rejected" | "noAnswer">;

/** HSMs behind the client's verbs, and what a test can make them do. */
export type StartedHsms = Pick<Ports, "startFullBackup" | "getBackupStatus"> & {
  readonly hsms: { readonly contoso: Hsm; readonly fabrikam: Hsm };
  /** A container of its own that can be written to by that right. */
  readonly newTarget: (authentication: Authentication) => Promise<BackupTarget>;
  /** How many blobs a folder holds; null where the folder isn't in the target's container. */
  readonly countBlobs: (target: BackupTarget, folderUrl: string) => Promise<number | null>;
  readonly planNextJob: (hsm: Hsm, next: NextJob) => Promise<void>;
  readonly refuseNextStart: (hsm: Hsm, reason: Refusal) => Promise<void>;
  /** The next start is done, and its answer is lost. */
  readonly dropNextStartAnswer: (hsm: Hsm) => Promise<void>;
  /** Another tool starts a job that runs until `endJobs`. */
  readonly startElsewhere: (hsm: Hsm) => Promise<void>;
  /** Ends whatever runs, as `Canceled`. */
  readonly endJobs: (hsm: Hsm) => Promise<void>;
  readonly jobsKnown: (hsm: Hsm) => Promise<readonly string[]>;
  /** Takes the HSM's own identity away from it, or gives it one. */
  readonly detachIdentity: (hsm: Hsm) => Promise<void>;
  readonly attachIdentity: (hsm: Hsm) => Promise<void>;
  /** Waits a little. */
  readonly passTime: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const FOREIGN_FOLDER = "https://elsewhere.blob.core.windows.net/other/mhsm-contoso-20261123020005";
