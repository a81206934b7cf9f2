import type { Fact } from "../facts.ts";
import type { Change } from "./ledger-model.ts";

/** A start that its host claimed, and that has no outcome in the record yet. */
export type ClaimSeen = {
  readonly run: string;
  readonly id: string;
  readonly host: number;
  readonly claimedAt: number;
};

/** The claims that stand in the records of every HSM as hosts wrote them, folded from the facts. */
export type Claims = {
  readonly see: (fact: Fact, change: Change | undefined) => void;
  readonly openOf: (hsm: string) => readonly ClaimSeen[];
  /** The claim under which this host's POST was made; undefined where none stands, where it is another host's, or where several runs have one. */
  readonly claimOf: (hsm: string, host: number) => ClaimSeen | undefined;
};

export function watchClaims(): Claims {
  const open = new Map<string, Map<string, ClaimSeen>>();
  const openOf = (hsm: string): readonly ClaimSeen[] => [...(open.get(hsm)?.values() ?? [])];
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
    openOf,
    claimOf: (hsm, host) => {
      const [only, ...others] = openOf(hsm);
      return others.length === 0 && only?.host === host ? only : undefined;
    },
  };
}
