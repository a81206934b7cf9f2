import type { Damage, Fact } from "../facts.ts";
import { type BlobName, blobNameOf, type RecordSeen, readRecord, readState, type StateSeen } from "./seen-blobs.ts";

/** A state or record that a host wrote, or that was changed from outside the app (`host` null), and what was there before. */
export type Change = StateChange | RecordChange;
export type StateChange = {
  readonly kind: "state";
  readonly at: number;
  readonly host: number | null;
  readonly damage: Damage | null;
  readonly hsm: string;
  /** Undefined: nothing, or no state. */
  readonly before: StateSeen | undefined;
  readonly beforeText: string | undefined;
  /** When that was written. */
  readonly beforeAt: number;
  readonly after: StateSeen | undefined;
};
export type RecordChange = {
  readonly kind: "record";
  readonly at: number;
  readonly host: number | null;
  readonly hsm: string;
  readonly run: string;
  readonly beforeText: string | undefined;
  readonly after: RecordSeen | undefined;
};

/** The states and records, folded from the facts, and what was changed from outside the app. */
export type LedgerModel = {
  readonly see: (fact: Fact) => Change | undefined;
  readonly states: ReadonlyMap<string, StateSeen>;
  /** By run id. */
  readonly records: ReadonlyMap<string, RecordSeen>;
  /** When the HSM's state was last changed from outside the app, or the whole ledger was deleted. */
  readonly stateLostAt: (hsm: string) => number;
  readonly recordLostAt: (run: string) => number;
  readonly ledgerDeletedAt: () => number;
};

export const NEVER = Number.NEGATIVE_INFINITY;

export function ledgerModel(): LedgerModel {
  const states = new Map<string, StateSeen>();
  const records = new Map<string, RecordSeen>();
  const texts = new Map<string, { readonly text: string; readonly at: number }>();
  const statesLost = new Map<string, number>();
  const recordsLost = new Map<string, number>();
  let deletedAt = NEVER;

  function changed(at: number, host: number | null, name: string, body: string | null, damage: Damage | null) {
    const known = texts.get(name);
    if (body === null) texts.delete(name);
    else texts.set(name, { text: body, at });
    return changeOf(
      blobNameOf(name),
      { at, host, damage, beforeText: known?.text, beforeAt: known?.at ?? NEVER },
      body,
    );
  }

  function changeOf(
    name: BlobName,
    about: Pick<StateChange, "at" | "host" | "damage" | "beforeText" | "beforeAt">,
    body: string | null,
  ): Change | undefined {
    switch (name.kind) {
      case "state": {
        const { hsm } = name;
        const before = states.get(hsm);
        const after = body === null ? undefined : readState(body, hsm);
        put(states, hsm, after);
        if (about.host === null) statesLost.set(hsm, about.at);
        return { kind: "state", hsm, before, after, ...about };
      }
      case "record": {
        const { hsm, run } = name;
        const after = body === null ? undefined : readRecord(body, hsm, run);
        put(records, run, after);
        if (about.host === null) recordsLost.set(run, about.at);
        return { kind: "record", hsm, run, after, ...about };
      }
      case "other":
        return undefined;
    }
  }

  return {
    states,
    records,
    stateLostAt: (hsm) => Math.max(statesLost.get(hsm) ?? NEVER, deletedAt),
    recordLostAt: (run) => Math.max(recordsLost.get(run) ?? NEVER, deletedAt),
    ledgerDeletedAt: () => deletedAt,
    see(fact) {
      switch (fact.kind) {
        case "blobWritten":
          return changed(fact.at, fact.host, fact.name, fact.body, null);
        case "blobDamaged":
          return changed(fact.at, null, fact.name, fact.body, fact.damage);
        case "ledgerDeleted":
          deletedAt = fact.at;
          for (const map of [states, records, texts]) map.clear();
          return undefined;
        default:
          return undefined;
      }
    },
  };
}

function put<T>(into: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) into.delete(key);
  else into.set(key, value);
}
