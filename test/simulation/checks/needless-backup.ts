import type { FaultKind, MakeCheck } from "../facts.ts";
import { watchClaims } from "./claim-model.ts";
import { HANDS_ON_RECORDS, OUTAGES, UNSURE_CALLS, watchFaults } from "./fault-model.ts";
import { watchLedger } from "./ledger-model.ts";
import { START_GRACE } from "./spans.ts";
import { clock } from "./words.ts";

/** What may leave somebody in doubt whether the first POST was accepted, or keep its job from the record. */
const EXPLAINS: readonly FaultKind[] = [
  ...UNSURE_CALLS,
  ...OUTAGES,
  ...HANDS_ON_RECORDS,
  "rubbishAnswer",
  "clockSkewed",
  "clockSetBack",
  "cardDamaged",
  "cardDeleted",
  "cardPutBack",
  "deployed",
  "deployedNewer",
];

/** A second backup is harmless, but not for nothing: one run has a second job only after an unknown start. */
export const needlessBackup: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const claims = watchClaims();
  const jobs = new Map<string, { readonly jobId: string; readonly claimedAt: number }>();
  return {
    name: "no run is backed up twice without need",
    see(fact) {
      faults.see(fact);
      claims.see(fact, ledger.see(fact));
      if (fact.kind !== "jobAccepted" || fact.by === "tool") return [];
      const claim = claims.claimOf(fact.hsm, fact.by);
      if (claim === undefined) return [];
      const { run, claimedAt } = claim;
      const first = jobs.get(run);
      jobs.set(run, { jobId: fact.jobId, claimedAt });
      if (first === undefined || faults.struckSince(first.claimedAt - START_GRACE, EXPLAINS)) return [];
      return [`${run} of ${fact.hsm} had job ${first.jobId}, and got ${fact.jobId} at ${clock(fact.at)}`];
    },
  };
};
