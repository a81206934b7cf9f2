import type { Fact, MakeCheck } from "../facts.ts";
import { type ClaimSeen, watchClaims } from "./claim-model.ts";
import { UNSURE_CALLS, watchFaults } from "./fault-model.ts";
import { NEVER, watchLedger } from "./ledger-model.ts";
import type { RecordSeen } from "./ledger-words.ts";
import { LONGEST_FREEZE, START_GRACE } from "./spans.ts";
import { clock, minutes } from "./words.ts";

/** A start that nobody has answered for is left to its claimer for the grace: both times were read off the claimers' own clocks. */
function earlyClaim(before: RecordSeen | undefined, now: RecordSeen | undefined): string | undefined {
  const [older, newer] = [before?.attempts.at(-1), now?.attempts.at(-1)];
  if (!older?.isClaim || !newer?.isClaim || older.id === newer.id || newer.at - older.at >= START_GRACE)
    return undefined;
  return minutes(newer.at - older.at);
}

/**
 * Before a POST takes effect, the record has its claim. A POST that was given up may take effect later, and a process that
 * stood still sends it later: then a claim stood there before. So it did where another host has ended the claimer's run.
 */
export const claimFirst: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const claims = watchClaims();
  const stoodUntil = new Map<string, number>();
  // By HSM and claimer: when somebody else ended the run whose start was still under way.
  const endedOver = new Map<string, number>();

  function note(claim: ClaimSeen, hsm: string, fact: Fact, record: RecordSeen | undefined): void {
    if (claims.openOf(hsm).some(({ run }) => run === claim.run)) return;
    stoodUntil.set(hsm, fact.at);
    const newest = record?.attempts.at(-1);
    const isEndedOver = record?.isEnded && newest?.isClaim && newest.id === claim.id;
    if (isEndedOver && fact.kind === "blobWritten" && fact.host !== claim.host)
      endedOver.set(`${hsm} ${claim.host}`, fact.at);
  }

  return {
    name: "a start is claimed in the record before its POST",
    see(fact, view) {
      faults.see(fact);
      if (fact.kind === "ledgerDeleted")
        for (const hsm of view.hsms) if (claims.openOf(hsm).length > 0) stoodUntil.set(hsm, fact.at);
      const change = ledger.see(fact);
      const stood =
        change?.kind === "record" ? claims.openOf(change.hsm).find(({ run }) => run === change.run) : undefined;
      claims.see(fact, change);
      if (change?.kind === "record") {
        if (stood !== undefined) note(stood, change.hsm, fact, change.record);
        // A clock that was set in the middle of a step tells one time before and another one after.
        const isSetRight = fact.at >= view.faultsStopAt && fact.at < view.faultsStopAt + START_GRACE;
        const wasSet = isSetRight || faults.struckSince(fact.at - START_GRACE, ["clockSkewed", "clockSetBack"]);
        const early =
          change.byHand || change.isHandMade || wasSet ? undefined : earlyClaim(change.before, change.record);
        if (early !== undefined)
          return [`${change.run} of ${change.hsm} was claimed ${early} after a start that nobody had answered`];
      }
      if (fact.kind !== "jobAccepted" || fact.by === "tool" || claims.openOf(fact.hsm).length > 0) return [];
      const claimer = `${fact.hsm} ${fact.by}`;
      const isOverEnd = fact.at - (endedOver.get(claimer) ?? NEVER) <= START_GRACE;
      if (endedOver.delete(claimer) && isOverEnd) return [];
      const window = fact.at - START_GRACE - LONGEST_FREEZE;
      const isLate = faults.struckSince(window, [...UNSURE_CALLS, "recordDamaged", "recordDeleted", "ledgerDeleted"]);
      if (isLate && (stoodUntil.get(fact.hsm) ?? NEVER) >= window) return [];
      return [
        `host ${fact.by} started job ${fact.jobId} of ${fact.hsm} at ${clock(fact.at)}, and no record had a claim`,
      ];
    },
  };
};
