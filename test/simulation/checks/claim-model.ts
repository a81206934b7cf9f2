import type { Fact } from "../facts.ts";
import type { Change } from "./ledger-model.ts";

/** A start that its host claimed, and that has no outcome in the record yet. */
export type ClaimSeen = {
  readonly run: string;
  readonly id: string;
  readonly host: number;
  readonly claimedAt: number;
};

/** The claims that stand in the records of every HSM, folded from the facts. */
export type Claims = {
  readonly see: (fact: Fact, change: Change | undefined) => void;
  /**
   * The one claim that a start belongs to which this host's POST has brought about; undefined where none stands, another
   * host's does, or several runs have one: then nobody can tell whose it is.
   */
  readonly claimOf: (hsm: string, host: number) => ClaimSeen | undefined;
};

export function watchClaims(): Claims {
  const open = new Map<string, Map<string, ClaimSeen>>();
  return {
    see(fact, change) {
      if (fact.kind === "ledgerDeleted") open.clear();
      if (change?.kind !== "record") return;
      const { hsm, run, record } = change;
      const ofHsm = open.get(hsm) ?? new Map<string, ClaimSeen>();
      open.set(hsm, ofHsm);
      const newest = record?.state === "Starting" ? record.attempts.at(-1) : undefined;
      if (newest === undefined || !newest.isClaim || fact.kind !== "blobWritten") ofHsm.delete(run);
      else if (ofHsm.get(run)?.id !== newest.id)
        ofHsm.set(run, { run, id: newest.id, host: fact.host, claimedAt: fact.at });
    },
    claimOf: (hsm, host) => {
      const [only, ...others] = [...(open.get(hsm)?.values() ?? [])];
      return others.length === 0 && only?.host === host ? only : undefined;
    },
  };
}
