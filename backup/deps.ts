import type { FollowMessage } from "./follow-message.ts";
import type { Hsm } from "./hsm.ts";
import type { Intervals } from "./intervals.ts";
import type { JobReport, StartedJob } from "./job-report.ts";
import type { LogEvent } from "./log-events.ts";
import type { Secret } from "./secret.ts";
import type { Settings } from "./settings.ts";
import type { Tracing } from "./trace-step.ts";

/** A blob of the ledger as it was read. */
export type ReadBlob =
  | { readonly outcome: "found"; readonly body: Uint8Array; readonly etag: string }
  /** It has more bytes than `LARGEST_BLOB`: nothing of ours. */
  | { readonly outcome: "tooLarge" }
  | { readonly outcome: "absent" };

/** The most bytes of a blob that are read. A card of 30 runs or a record of 50 attempts has some 20 KB. */
export const LARGEST_BLOB = 4 * 1_024 * 1_024;

/** What a conditional write came to. A lost race is an ordinary outcome, not an error. */
export type Written = { readonly outcome: "written"; readonly etag: string } | { readonly outcome: "lost" };

/** Metadata of a blob: names of letters and digits, values of ASCII. */
export type Metadata = Readonly<Record<string, string>>;
export type ListedBlob = { readonly name: string; readonly metadata: Metadata };

export type BlobToWrite = {
  readonly name: string;
  readonly body: string | Uint8Array;
  readonly metadata?: Metadata;
  /** The ETag that must still stand there; `absent`: only where nothing does; `any`: whatever stands there. */
  readonly onlyIf: { readonly etag: string } | "absent" | "any";
};

/** A page of a listing in the order of the names. `marker` is opaque, and undefined at the end. */
export type BlobPage = { readonly blobs: readonly ListedBlob[]; readonly marker: string | undefined };

/** A message in the queue: enough to take it back while nobody has received it. */
export type SentMessage = { readonly id: string; readonly popReceipt: string };

/** Where a backup goes, and by what right the HSM writes there: a SAS that it is given, or an identity of its own. */
export type BackupTarget = SasTarget | IdentityTarget;
export type SasTarget = { readonly authentication: "sas"; readonly containerUrl: string; readonly sas: Secret };
export type IdentityTarget = { readonly authentication: "managedIdentity"; readonly containerUrl: string };

/**
 * Everything that the product asks of the world outside, as one flat type of verbs. Each verb that talks to a service
 * bounds its own time and throws `CallFailed`; after a throw the call may or may not have taken effect.
 */
export type Deps = {
  readonly now: () => Date;
  /** Eight characters of a-z and 0-9, never twice the same. */
  readonly newId: () => string;
  readonly settings: Settings;
  readonly intervals: Intervals;
  /** One line of the log. Never throws. */
  readonly log: (event: LogEvent) => void;

  /** The ledger, container `backup-runs`. A missing container is `CallFailed` with `ledgerMissing`, never "absent". */
  readonly readBlob: (name: string) => Promise<ReadBlob>;
  readonly writeBlob: (blob: BlobToWrite) => Promise<Written>;
  readonly listBlobs: (prefix: string, marker: string | undefined, limit: number) => Promise<BlobPage>;

  /** Sends a wake-up, hidden for `delay` milliseconds; it stays for ever, or for `lifetime` milliseconds. */
  readonly wakeLater: (message: FollowMessage, delay: number, lifetime?: number) => Promise<SentMessage>;
  /** Takes a message out of the queue again; one that is gone already is no failure. */
  readonly takeBack: (sent: SentMessage) => Promise<void>;

  /** Creates the dated container where it is absent and, where HSMs write with a SAS, mints one for it alone. */
  readonly prepareTarget: (container: string) => Promise<BackupTarget>;
  /** Counts the blobs of a folder and their bytes, page by page. No blob: zero, not a failure. */
  readonly countBlobs: (
    container: string,
    folder: string,
  ) => Promise<{ readonly blobCount: number; readonly bytes: number }>;
  /** Writes a blob of JSON beside the backup, whatever stands there. */
  readonly writeBeside: (container: string, name: string, json: string) => Promise<void>;

  readonly startFullBackup: (hsm: Hsm, target: BackupTarget) => Promise<StartedJob>;
  readonly getBackupStatus: (hsm: Hsm, jobId: string) => Promise<JobReport>;

  /** The traces of runs; absent where runs aren't traced. */
  readonly tracing?: Tracing;
};
