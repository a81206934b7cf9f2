import type { Change, LedgerModel } from "./checks/ledger-model.ts";
import type { Fact, HostSettings } from "./facts.ts";
import type { FaultKind } from "./faults/fault-kinds.ts";

/** What a check may look at besides the facts: the world's current state, read without any call. */
export type View = {
  readonly now: number;
  readonly hsms: readonly string[];
  /** The app under test; any other app is foreign. */
  readonly app: string;
  /** The states and records, folded from the facts. */
  readonly ledger: LedgerModel;
  /** All blobs of the ledger, name to text. */
  readonly texts: ReadonlyMap<string, string>;
  readonly deadline: number;
  readonly slotGap: number;
  readonly maxAge: number | null;
  readonly faultsStopAt: number;
  /** How far off any clock has been so far. */
  readonly largestSkew: number;
  /** Text that no fact may contain: every SAS that was minted. */
  readonly secrets: readonly string[];
  /** The settings of every process so far, by number. */
  readonly hosts: ReadonlyMap<number, HostSettings>;
};

export type Violation = { readonly check: string; readonly at: number; readonly what: string };

/**
 * One invariant of the design. `see` gets every fact right after it took effect, with what it changed of a state or record,
 * and says what is wrong now; `atEnd` is asked once, when the faults have stopped for long enough that every run must
 * have ended.
 */
export type Check = {
  readonly name: string;
  readonly see?: (fact: Fact, view: View, change: Change | undefined) => readonly string[];
  readonly atEnd?: (view: View) => readonly string[];
};
/** A check keeps what it must remember of one world in its closure. */
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
  /** The most messages that one run had at one time. */
  readonly mostMessages: { readonly count: number; readonly run: string };
  /** Only where asked for. */
  readonly facts: readonly Fact[];
};
