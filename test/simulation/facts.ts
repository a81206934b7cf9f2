import type { LogEvent } from "../../backup/log-events.ts";

/** Everything that can go wrong in a simulated world; each is counted, and each can be left out of a replay. */
export const FAULT_KINDS = [
  // One call.
  "callFails",
  "answerLost",
  "timeout",
  "throttled",
  "slowCall",
  "lateEffect",
  "sentTwice",
  // One process.
  "crash",
  "freeze",
  "clockSkewed",
  "clockSetBack",
  // Triggers and messages.
  "timerMissed",
  "timerDoubled",
  "timerLate",
  "messageDoubled",
  "messageLate",
  "messageOutOfOrder",
  "queuePurged",
  // Services, for minutes to hours.
  "queueDown",
  "queueStalled",
  "ledgerDown",
  "ledgerReadOnly",
  "hsmUnreachable",
  "backupStorageDown",
  "identityDown",
  "rolesMissing",
  "ledgerDeleted",
  // The HSM.
  "jobLost",
  "jobFails",
  "jobCanceled",
  "jobNeverEnds",
  "emptyFolder",
  "foreignFolder",
  "rubbishAnswer",
  "changedMind",
  "startRefused",
  "sasExpired",
  "someoneElsesBackup",
  // Hands.
  "recordDamaged",
  "recordDeleted",
  "cardDamaged",
  "cardDeleted",
  "cardPutBack",
  "blobTouched",
  "deployed",
  "deployedNewer",
  "hsmLeftSettings",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** How a job of the HSM really ended, which only the world knows. */
export type JobTruth = "Succeeded" | "Failed" | "Canceled" | "lost" | "SucceededEmpty" | "SucceededElsewhere";

/**
 * What happened in a simulated world, in the order in which it took effect. `at`: the world's own time in milliseconds,
 * whatever any host's clock says. `host`: the number of the instance that did it. The checks judge by these alone and by
 * what stands in the ledger; the story of a failing seed is these, printed.
 */
export type Fact = { readonly at: number } & (
  | { readonly kind: "fault"; readonly number: number; readonly fault: FaultKind; readonly what: string }
  | { readonly kind: "faultsStopped" }
  // Processes.
  | {
      readonly kind: "hostStarted";
      readonly host: number;
      readonly version: "current" | "newer";
      readonly skew: number;
    }
  | { readonly kind: "hostDied"; readonly host: number; readonly during: string }
  | { readonly kind: "timerFired"; readonly host: number }
  | { readonly kind: "handlerThrew"; readonly host: number; readonly handler: string; readonly message: string }
  // The ledger. `body`: the text that stands there now. By hand: nobody of ours wrote or deleted it.
  | { readonly kind: "blobWritten"; readonly host: number; readonly name: string; readonly body: string }
  | { readonly kind: "blobDamaged"; readonly name: string; readonly before: string; readonly body: string | null }
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
    }
  | { readonly kind: "messageDelivered"; readonly host: number; readonly id: string; readonly dequeueCount: number }
  | { readonly kind: "messageGone"; readonly id: string; readonly how: "done" | "takenBack" | "expired" | "purged" }
  | { readonly kind: "messagePoisoned"; readonly id: string }
  // The HSMs. `tool`: another tool's job, which leads nowhere of ours.
  | {
      readonly kind: "jobAccepted";
      readonly hsm: string;
      readonly jobId: string;
      readonly by: number | "tool";
      readonly container: string | null;
    }
  | {
      readonly kind: "jobEnded";
      readonly hsm: string;
      readonly jobId: string;
      readonly truth: JobTruth;
      readonly container: string | null;
      readonly folder: string;
      readonly blobCount: number;
      readonly bytes: number;
    }
  /** The 202 reached a process that lived. */
  | { readonly kind: "startAnswered"; readonly host: number; readonly hsm: string; readonly jobId: string }
  // People.
  | {
      readonly kind: "postSent";
      readonly post: number;
      readonly host: number;
      readonly hsm: string;
      readonly key: string | null;
    }
  | {
      readonly kind: "postAnswered";
      readonly post: number;
      readonly hsm: string;
      readonly key: string | null;
      readonly status: number;
      /** The run that the answer names, whether it is ours or another's. */
      readonly run: string | null;
    }
  | { readonly kind: "healthAnswered"; readonly status: number; readonly body: unknown }
  /** `isEverywhere`: each host is replaced by one with these settings; else only some are. */
  | { readonly kind: "settingsChanged"; readonly hsms: readonly string[]; readonly isEverywhere: boolean }
  | { readonly kind: "logged"; readonly host: number; readonly event: LogEvent }
);
export type FactKind = Fact["kind"];

/** What a check may look at besides the facts: how things stand at this very moment, read without any call. */
export type View = {
  readonly now: number;
  readonly hsms: readonly string[];
  /** All blobs of the ledger, name to text. */
  readonly ledger: ReadonlyMap<string, string>;
  readonly messages: readonly {
    readonly id: string;
    readonly run: string;
    readonly hsm: string;
    readonly seq: number;
    readonly visibleAt: number;
  }[];
  readonly deadline: number;
  /** Slots of every HSM's schedule, in milliseconds: from, to. */
  readonly slotsBetween: (from: number, to: number) => readonly number[];
  readonly faultsStopAt: number;
  readonly largestSkew: number;
  /** Text that no fact, blob, message, log line or answer may contain: every SAS and token that was given out. */
  readonly secrets: readonly string[];
};

export type Violation = { readonly check: string; readonly at: number; readonly what: string };

/**
 * One invariant of the design. `see` is told every fact right after it took effect and says what is wrong now; `atEnd`
 * is asked once, when the faults have stopped for long enough that every run must have ended.
 */
export type Check = {
  readonly name: string;
  readonly see?: (fact: Fact, view: View) => readonly string[];
  readonly atEnd?: (view: View) => readonly string[];
};
/** A check keeps what it must remember for one world in its closure. */
export type MakeCheck = () => Check;

/** What one world came to. */
export type WorldReport = {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** How many faults struck, by kind. */
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** The ordinal numbers of the faults that struck, for a replay with fewer. */
  readonly struck: readonly number[];
  readonly runs: number;
  readonly jobs: number;
  /** The most messages that one run had at one time, and the newest fault before that. */
  readonly mostMessages: { readonly count: number; readonly run: string; readonly fault: FaultKind | null };
  /** Only where asked for. */
  readonly facts: readonly Fact[];
};
