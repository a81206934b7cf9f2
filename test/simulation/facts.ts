import type { LogEvent } from "../../backup/model/events.ts";
import type { FaultKind } from "./faults/fault-kinds.ts";

/** How a job of the HSM really ended, which only the world knows. */
export type JobTruth = "Succeeded" | "Failed" | "Canceled" | "lost" | "SucceededEmpty" | "SucceededElsewhere";

/** What a process is started with. */
export type HostSettings = {
  readonly app: string;
  readonly version: "current" | "newer";
  /** Names of the HSMs that are backed up. */
  readonly hsms: readonly string[];
  /** Names of HSMs whose setting is rejected. */
  readonly rejected: readonly string[];
  /** Milliseconds from slot to slot, counted from the epoch. */
  readonly slotGap: number;
  readonly storageUrl: string;
};

/** What a process learned from a call to an HSM or to the account of the backups. */
export type Answer =
  | { readonly what: "accepted"; readonly jobId: string; readonly retryAfter: number | null }
  | {
      readonly what: "running" | "Succeeded" | "Failed" | "Canceled";
      readonly jobId: string;
      readonly folderUrl: string | null;
      readonly retryAfter: number | null;
    }
  | { readonly what: "prepared" }
  | { readonly what: "counted"; readonly blobCount: number; readonly bytes: number }
  | { readonly what: "failure"; readonly of: AnsweredVerb; readonly reason: string; readonly status: number | null };
export type AnsweredVerb = "prepareTarget" | "startFullBackup" | "getBackupStatus" | "countBlobs";

/** How a blob of the ledger was changed from outside the app. */
export type Damage = "garbage" | "deleted" | "putBack" | "upgraded" | "downgraded" | "foreign";

/**
 * What happened in a simulated world, in the order in which it took effect. `at`: the world's own time in milliseconds,
 * whatever any host's clock says. `host`: the number of the process that did it.
 */
export type Fact = { readonly at: number } & FactBody;
export type FactBody =
  | { readonly kind: "fault"; readonly number: number; readonly fault: FaultKind; readonly what: string }
  | { readonly kind: "faultsStopped" }
  // Processes.
  | {
      readonly kind: "hostStarted";
      readonly host: number;
      readonly skew: number;
      readonly settings: HostSettings;
    }
  | { readonly kind: "hostDied"; readonly host: number; readonly during: string }
  | { readonly kind: "timerFired"; readonly host: number; readonly tick: number }
  /** The handler of that tick returned, in a process that lives. */
  | { readonly kind: "timerEnded"; readonly host: number; readonly tick: number }
  | { readonly kind: "handlerThrew"; readonly host: number; readonly handler: string; readonly message: string }
  | { readonly kind: "logged"; readonly host: number; readonly event: LogEvent }
  // The ledger. `body`: the text that stands there now; null: deleted.
  | { readonly kind: "blobWritten"; readonly host: number; readonly name: string; readonly body: string }
  | {
      readonly kind: "blobDamaged";
      readonly name: string;
      readonly before: string;
      readonly body: string | null;
      readonly damage: Damage;
    }
  | { readonly kind: "ledgerDeleted" }
  | { readonly kind: "ledgerMade" }
  // The queue.
  | {
      readonly kind: "messageSent";
      readonly host: number;
      readonly id: string;
      readonly hsm: string;
      readonly run: string;
      readonly seq: number;
      readonly visibleAt: number;
      readonly expiresAt: number;
    }
  | { readonly kind: "messageDelivered"; readonly host: number; readonly id: string; readonly dequeueCount: number }
  | { readonly kind: "messageGone"; readonly id: string; readonly how: "done" | "expired" | "purged" | "poisoned" }
  // HSMs and backups. `tool`: another tool's job.
  | { readonly kind: "startSent"; readonly host: number; readonly hsm: string; readonly containerUrl: string }
  | {
      readonly kind: "jobAccepted";
      readonly hsm: string;
      readonly jobId: string;
      readonly by: number | "tool";
      readonly containerUrl: string | null;
    }
  | {
      readonly kind: "jobEnded";
      readonly hsm: string;
      readonly jobId: string;
      readonly truth: JobTruth;
      readonly containerUrl: string | null;
      readonly folder: string;
      readonly blobCount: number;
      readonly bytes: number;
    }
  | { readonly kind: "answered"; readonly host: number; readonly hsm: string; readonly answer: Answer }
  | {
      readonly kind: "manifestWritten";
      readonly host: number;
      readonly containerUrl: string;
      readonly name: string;
      readonly body: string;
    }
  // People.
  | {
      readonly kind: "postSent";
      readonly post: number;
      readonly host: number;
      readonly hsm: string;
      readonly key: string | null;
    }
  | {
      readonly kind: "requestAnswered";
      /** Of a start by hand, what `postSent` says; null for any other request. */
      readonly post: { readonly number: number; readonly hsm: string; readonly key: string | null } | null;
      readonly host: number;
      readonly route: string;
      readonly status: number;
      /** The run whose address the answer gives. */
      readonly run: string | null;
      readonly body: unknown;
    };
export type FactKind = Fact["kind"];
