import type { MakeCheck } from "../facts.ts";
import { watchClaims } from "./claim-model.ts";
import { watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { LONGEST_FREEZE, START_GRACE } from "./spans.ts";
import { clock } from "./words.ts";

const CONFLICT = 409;

/**
 * A POST that is sent again by itself, after an answer that was lost, meets the job that it has started: a 409 that is none.
 * An earlier start that comes late may have been accepted instead, and so may another host's that is under way: hosts whose
 * clocks differ take an earlier claim for an old one.
 */
export const onePost: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const claims = watchClaims();
  const acceptedUnder = new Map<string, string>();
  return {
    name: "each claim is for one POST",
    see(fact) {
      faults.see(fact);
      const change = ledger.see(fact);
      claims.see(fact, change);
      if (fact.kind === "jobAccepted" && fact.by !== "tool") {
        const claim = claims.claimOf(fact.hsm, fact.by);
        const mayBeLate = faults.struckSince(fact.at - LONGEST_FREEZE - START_GRACE, ["lateEffect", "freeze"]);
        if (claim !== undefined && !mayBeLate) acceptedUnder.set(claim.id, fact.jobId);
        return [];
      }
      if (change?.kind !== "record" || change.byHand) return [];
      const { hsm, run, record } = change;
      const newest = record?.attempts.at(-1);
      const job = newest?.status === CONFLICT ? acceptedUnder.get(newest.id) : undefined;
      if (newest === undefined || job === undefined) return [];
      acceptedUnder.delete(newest.id);
      return [`${run} of ${hsm} was answered 409 at ${clock(fact.at)} by job ${job}, which this very start had begun`];
    },
  };
};
