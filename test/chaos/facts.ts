import type { EndedRecord } from "../../backup/model/run.ts";
import type { HsmState } from "../../backup/model/state.ts";

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

/** What a folder holds. */
export type Listing = { readonly blobCount: number; readonly bytes: number };

/** The copy of a record beside its backup. */
export type ManifestFacts = { readonly name: string; readonly run: string; readonly state: string };

/** One start by hand, and every answer to it: it is sent again where no answer came. */
export type StartFacts = {
  readonly hsm: string;
  /** `status` null: no answer. `run`: the one that the answer names. */
  readonly answers: readonly { readonly status: number | null; readonly run: string | null }[];
};

/** Everything that is known from every side when the faults have stopped and all runs have ended. */
export type Facts = {
  readonly hsms: readonly string[];
  readonly states: readonly HsmState[];
  readonly records: readonly EndedRecord[];
  /** Names of blobs of the ledger that can't be read. */
  readonly unreadable: readonly string[];
  /** Backups only: what other tools did at the HSM isn't the app's. */
  readonly jobs: readonly JobFacts[];
  /** By the URL of the folder. */
  readonly folders: ReadonlyMap<string, Listing>;
  readonly manifests: readonly ManifestFacts[];
  readonly starts: readonly StartFacts[];
  /** The runs whose end the log has. */
  readonly loggedEnds: ReadonlySet<string>;
  /** Faults of jobs that were scripted for an HSM. */
  readonly scripted: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is left in the queues. */
  readonly messages: readonly string[];
  /** Names of what the app kept as damaged. Nothing damages a state here. */
  readonly damaged: readonly string[];
};

/**
 * What the comparison found. A `doubled` job is one beyond the one that its run needs, explained by an unknown start;
 * an unexplained one is `lost`.
 */
export type Finding = {
  readonly kind: "lost" | "doubled" | "wrong" | "leaked";
  readonly what: string;
};

export const lost = (what: string): Finding => ({ kind: "lost", what });
export const doubled = (what: string): Finding => ({ kind: "doubled", what });
export const wrong = (what: string): Finding => ({ kind: "wrong", what });
export const leaked = (what: string): Finding => ({ kind: "leaked", what });
