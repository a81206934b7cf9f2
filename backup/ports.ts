import type { LogEvent } from "./model/events.ts";
import type { Instant } from "./model/instant.ts";
import type { Intervals } from "./model/intervals.ts";
import type { JobReport, StartedJob } from "./model/job-report.ts";
import type { FollowMessage } from "./model/message.ts";
import type { Hsm } from "./model/names.ts";
import type { Secret } from "./model/secret.ts";
import type { Settings } from "./model/settings.ts";

/** The result of reading a blob of the ledger. */
export type ReadBlob =
  | { readonly outcome: "found"; readonly body: Uint8Array; readonly etag: string }
  | { readonly outcome: "absent" };

/** A larger blob is not read. A state of 30 runs or a record of 50 attempts has about 20 KB. */
export const LARGEST_BLOB = 256 * 1_024;

/** The outcome of a conditional write. A lost race is an ordinary outcome, not an error. */
export type Written = { readonly outcome: "written"; readonly etag: string } | { readonly outcome: "lost" };

/** Metadata of a blob: names in letters and digits, values in ASCII. */
export type Metadata = Readonly<Record<string, string>>;
export type ListedBlob = { readonly name: string; readonly metadata: Metadata };

export type BlobToWrite = {
  readonly name: string;
  readonly body: string | Uint8Array;
  readonly metadata?: Metadata;
  /** Write only if the blob still has this ETag; `absent`: only if there is no blob. */
  readonly onlyIf: { readonly etag: string } | "absent";
};

/** A page of a listing, ordered by name. `marker` is opaque, and undefined on the last page. */
export type BlobPage = { readonly blobs: readonly ListedBlob[]; readonly marker: string | undefined };

/** Where a backup goes, and how the HSM is authorized to write there: with a SAS, or with its own identity. */
export type BackupTarget = SasTarget | IdentityTarget;
export type SasTarget = { readonly authentication: "sas"; readonly containerUrl: string; readonly sas: Secret };
export type IdentityTarget = { readonly authentication: "managedIdentity"; readonly containerUrl: string };

/** The number of blobs in a folder, and their total size. */
export type CountedBlobs = { readonly blobCount: number; readonly bytes: number };

/**
 * Calls that only the doctor makes. They read, and leave nothing behind. Each has its own time limit and throws only
 * `CallFailed`.
 */
export type Probes = {
  /** Gets a token for storage. `clientId`: the identity that it was issued to, if the token says so. */
  readonly getIdentity: () => Promise<{ readonly clientId: string | null; readonly expiresAt: Instant }>;
  /** The number of messages in the queue, about; null if there is no queue yet. */
  readonly countMessages: () => Promise<number | null>;
  /** Reads a page of the account's containers and, if HSMs write with a SAS, gets a delegation key and drops it. */
  readonly checkBackupAccount: () => Promise<void>;
  /** The clock of the server at an address, from the `Date` of its answer to a request without a token. */
  readonly readClock: (url: string) => Promise<Instant>;
  /** When the timer fired last, as the Functions host noted it; null if it has noted nothing. */
  readonly readLastTick: () => Promise<Instant | null>;
};

/**
 * Everything that the product needs from outside, as one flat type of functions. Each one that calls a service has its
 * own time limit and throws only `CallFailed`; after a throw the call may or may not have taken effect.
 */
export type Ports = {
  readonly now: () => Date;
  /** Eight random characters of a-z and 0-9. */
  readonly newId: () => string;
  readonly settings: Settings;
  readonly intervals: Intervals;
  /** Writes one line of the log. Never throws. */
  readonly log: (event: LogEvent) => void;

  /**
   * Reads a blob of the ledger. A missing container is `ledgerMissing`, never "absent"; a blob over `LARGEST_BLOB` is
   * `unreadable`.
   */
  readonly readBlob: (name: string) => Promise<ReadBlob>;
  /**
   * A conditional write. If the first answer is lost and the SDK retries, the result is `lost` although the write took
   * effect.
   */
  readonly writeBlob: (blob: BlobToWrite) => Promise<Written>;
  readonly listBlobs: (prefix: string, marker: string | undefined, limit: number) => Promise<BlobPage>;

  /** Sends a message that is hidden until `visibleAt` and expires at `expiresAt`. It may arrive twice, or late. */
  readonly sendMessage: (message: FollowMessage, visibleAt: Instant, expiresAt: Instant) => Promise<void>;

  /** Creates the dated container if absent and, if HSMs write with a SAS, mints one for this container only. */
  readonly prepareTarget: (container: string) => Promise<BackupTarget>;
  /** Counts the blobs in a folder and their bytes, page by page. An empty folder is zero, not a failure. */
  readonly countBlobs: (container: string, folder: string) => Promise<CountedBlobs>;
  /** Writes a JSON blob into a dated container, replacing an existing one. */
  readonly writeManifest: (container: string, name: string, json: string) => Promise<void>;

  /** Sends exactly one POST. */
  readonly startFullBackup: (hsm: Hsm, target: BackupTarget) => Promise<StartedJob>;
  readonly getBackupStatus: (hsm: Hsm, jobId: string) => Promise<JobReport>;

  readonly probes: Probes;
  /** Calls the address of `BACKUP_PING_URL`, or the one for failures. Does nothing where the setting is off. */
  readonly sendHeartbeat: (isHealthy: boolean) => Promise<void>;
};
