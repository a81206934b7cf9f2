import type { MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import type { RecordSeen } from "./ledger-words.ts";

/** What one write of a host may not do to a record. What was damaged by hand before it explains everything. */
export const forwardRecord: MakeCheck = () => {
  const ledger = watchLedger();
  return {
    name: "a record only moves forward, and an ended one stays as it is",
    see(fact) {
      const change = ledger.see(fact);
      if (change?.kind !== "record" || change.byHand || change.isHandMade) return [];
      const { before, record, run, hsm } = change;
      if (before === undefined) return [];
      const problem = record === undefined ? "can't be read any more" : problemOf(before, record);
      return problem === undefined ? [] : [`the record of ${run} of ${hsm} ${problem}`];
    },
  };
};

function problemOf(before: RecordSeen, now: RecordSeen): string | undefined {
  if (before.isEnded)
    return before.text === now.text ? undefined : `had ended as ${before.state} and is ${now.state} now`;
  if (before.slot !== now.slot || before.container !== now.container) return "changed its slot or its container";
  if (now.code === UNREADABLE && before.version > THIS_VERSION) return undefined;
  if (now.seq < before.seq) return `went back from ${before.seq} to ${now.seq}`;
  if (before.jobId !== null && now.jobId !== before.jobId)
    return `had job ${before.jobId} and has ${now.jobId ?? "none"} now`;
  if (now.followUps < before.followUps) return "forgot some of its looks";
  const newest = before.attempts.at(-1);
  if (newest !== undefined && !now.attempts.some(({ id }) => id === newest.id))
    return `forgot its attempt ${newest.id}`;
  // A claim is made before anything new was seen.
  if (now.attempts.at(-1)?.isClaim) return undefined;
  const [doubt, doubted] = [before.doubt, now.doubt];
  if (doubt?.code === doubted?.code && doubt && doubted && now.seq > before.seq && doubted.looks <= doubt.looks)
    return `has not counted its doubt ${doubt.code}`;
  return undefined;
}

/** A record of a newer version is ended from what the card knows. */
const UNREADABLE = "recordUnreadable";
const THIS_VERSION = 1;
