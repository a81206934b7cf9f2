import type { Card } from "../../backup/card.ts";
import type { Run } from "../../backup/run.ts";

/** A job as its HSM knows it. Times are ISO instants. */
export type JobFacts = {
  readonly hsm: string;
  readonly id: string;
  readonly status: string;
  readonly folderUrl: string | null;
  readonly blobCount: number;
  readonly bytes: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
};

/** What stands in a folder. */
export type Listing = { readonly blobCount: number; readonly bytes: number };

/** The copy of a record that stands beside its backup. */
export type CopyFacts = { readonly name: string; readonly run: string; readonly state: string };

/** One wish for a backup by hand, and all that was answered to it: it was sent again where nothing was. */
export type StartFacts = {
  readonly hsm: string;
  /** `status` null: no answer came. `run`: which one the answer names. */
  readonly answers: readonly { readonly status: number | null; readonly run: string | null }[];
};

/** A line of the app's log that tells something of a run. */
export type EventFacts = { readonly event: string; readonly run: string; readonly jobId: string | null };

/** All that is known when the faults have stopped and everything has settled: plain data from every side. */
export type Facts = {
  readonly hsms: readonly string[];
  readonly cards: readonly Card[];
  readonly records: readonly Run[];
  /** Names of blobs of the ledger that can't be read. */
  readonly unreadable: readonly string[];
  /** Backups only: what other tools did at the HSM isn't the app's. */
  readonly jobs: readonly JobFacts[];
  /** By the URL of the folder. */
  readonly folders: ReadonlyMap<string, Listing>;
  readonly copies: readonly CopyFacts[];
  readonly starts: readonly StartFacts[];
  readonly events: readonly EventFacts[];
  /** Faults of jobs that were scripted for an HSM. */
  readonly scripted: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is left in the queues. */
  readonly messages: readonly string[];
  /** Names of what the app put aside as damaged. Nobody damages anything. */
  readonly damaged: readonly string[];
};

/**
 * What the comparison found. A `doubled` job is one beyond the one that its run needs, explained by an unknown start;
 * an unexplained one is `wrong`.
 */
export type Finding = {
  readonly kind: "lost" | "doubled" | "wrong" | "leaked";
  readonly what: string;
};

export const lost = (what: string): Finding => ({ kind: "lost", what });
export const doubled = (what: string): Finding => ({ kind: "doubled", what });
export const wrong = (what: string): Finding => ({ kind: "wrong", what });
export const leaked = (what: string): Finding => ({ kind: "leaked", what });
