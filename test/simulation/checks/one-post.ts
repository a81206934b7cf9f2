import type { MakeCheck } from "../facts.ts";
import { watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { LONGEST_FREEZE, START_GRACE } from "./spans.ts";
import { clock } from "./words.ts";

const CONFLICT = 409;

/**
 * A POST that is sent again by itself, after an answer that was lost, meets the job that it has started: a 409 that is none.
 * An earlier start that comes late may have been accepted instead.
 */
export const onePost: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const claims = new Map<string, string>();
  const acceptedUnder = new Map<string, string>();
  return {
    name: "each claim is for one POST",
    see(fact) {
      faults.see(fact);
      if (fact.kind === "jobAccepted" && fact.by !== "tool") {
        const claim = claims.get(fact.hsm);
        if (
          claim !== undefined &&
          !faults.struckSince(fact.at - LONGEST_FREEZE - START_GRACE, ["lateEffect", "freeze"])
        )
          acceptedUnder.set(claim, fact.jobId);
        return [];
      }
      const change = ledger.see(fact);
      if (change?.kind !== "record" || change.byHand) return [];
      const { hsm, run, record } = change;
      const newest = record?.attempts.at(-1);
      if (newest === undefined) return [];
      if (newest.isClaim) claims.set(hsm, newest.id);
      else if (claims.get(hsm) === newest.id) claims.delete(hsm);
      const job = newest.status === CONFLICT ? acceptedUnder.get(newest.id) : undefined;
      if (job === undefined) return [];
      acceptedUnder.delete(newest.id);
      return [`${run} of ${hsm} was answered 409 at ${clock(fact.at)} by job ${job}, which this very start had begun`];
    },
  };
};
