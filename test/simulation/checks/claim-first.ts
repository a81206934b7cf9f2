import type { MakeCheck } from "../facts.ts";
import { UNSURE_CALLS, watchFaults } from "./fault-model.ts";
import { type Change, NEVER, watchLedger } from "./ledger-model.ts";
import type { RecordSeen } from "./ledger-words.ts";
import { LONGEST_FREEZE, START_GRACE } from "./spans.ts";
import { clock, minutes } from "./words.ts";

const hasClaim = (record: RecordSeen | undefined): boolean =>
  record?.state === "Starting" && (record.attempts.at(-1)?.isClaim ?? false);

/** A start that nobody has answered for is left to its claimer for the grace: both times were read off the claimers' own clocks. */
function earlyClaim(before: RecordSeen | undefined, now: RecordSeen | undefined): string | undefined {
  const [older, newer] = [before?.attempts.at(-1), now?.attempts.at(-1)];
  if (!older?.isClaim || !newer?.isClaim || older.id === newer.id || newer.at - older.at >= START_GRACE)
    return undefined;
  return minutes(newer.at - older.at);
}

/**
 * Before a POST takes effect, the record has its claim. A POST that was given up may take effect later, and a process that
 * stood still sends it later: then a claim stood there before. So it did where another host has ended the run meanwhile.
 */
export const claimFirst: MakeCheck = () => {
  const ledger = watchLedger();
  const faults = watchFaults();
  const claimed = new Map<string, Set<string>>();
  const stoodUntil = new Map<string, number>();
  const endedOver = new Map<string, number>();

  function note({ hsm, run, record, at }: Change & { readonly kind: "record" }): void {
    const runs = claimed.get(hsm) ?? new Set<string>();
    claimed.set(hsm, runs);
    if (hasClaim(record)) runs.add(run);
    else if (runs.delete(run)) {
      stoodUntil.set(hsm, at);
      if (record?.isEnded && record.attempts.at(-1)?.isClaim) endedOver.set(hsm, at);
    }
  }

  return {
    name: "a start is claimed in the record before its POST",
    see(fact) {
      faults.see(fact);
      if (fact.kind === "ledgerDeleted") {
        for (const [hsm, runs] of claimed) if (runs.size > 0) stoodUntil.set(hsm, fact.at);
        claimed.clear();
      }
      const change = ledger.see(fact);
      if (change?.kind === "record") {
        note(change);
        // A clock that was set in the middle of a step tells one time before and another one after.
        const wasSet = faults.struckSince(fact.at - START_GRACE, ["clockSkewed", "clockSetBack"]);
        const early =
          change.byHand || change.isHandMade || wasSet ? undefined : earlyClaim(change.before, change.record);
        if (early !== undefined)
          return [`${change.run} of ${change.hsm} was claimed ${early} after a start that nobody had answered`];
      }
      if (fact.kind !== "jobAccepted" || fact.by === "tool" || (claimed.get(fact.hsm)?.size ?? 0) > 0) return [];
      if (fact.at - (endedOver.get(fact.hsm) ?? NEVER) <= START_GRACE) return [];
      const window = fact.at - START_GRACE - LONGEST_FREEZE;
      const isLate = faults.struckSince(window, [...UNSURE_CALLS, "recordDamaged", "recordDeleted", "ledgerDeleted"]);
      if (isLate && (stoodUntil.get(fact.hsm) ?? NEVER) >= window) return [];
      return [
        `host ${fact.by} started job ${fact.jobId} of ${fact.hsm} at ${clock(fact.at)}, and no record had a claim`,
      ];
    },
  };
};
