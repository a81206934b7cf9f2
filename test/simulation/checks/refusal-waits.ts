import type { MakeCheck } from "../facts.ts";
import { watchLedger } from "./ledger-model.ts";
import type { RecordSeen } from "./ledger-words.ts";
import { MINUTE, SECOND } from "./spans.ts";
import { clock, minutes } from "./words.ts";

const DENIAL_GRACE = 15 * MINUTE;
/** Ends that say nothing of the last attempt. */
const OTHER_REASONS = ["notConfigured", "recordUnreadable"];

/** What was seen and what follows: a start that may still succeed is tried again until the deadline. */
export const refusalWaits: MakeCheck = () => {
  const ledger = watchLedger();
  return {
    name: "a start refused for now is tried again until the deadline",
    see(fact, view) {
      const change = ledger.see(fact);
      if (change?.kind !== "record" || change.byHand || change.isHandMade || change.before?.isEnded !== false)
        return [];
      const { run, hsm, record } = change;
      const problem = record?.isEnded ? problemOf(record, 2 * view.largestSkew) : undefined;
      return problem === undefined ? [] : [`${run} of ${hsm} ended as ${record?.state} ${problem}`];
    },
  };
};

/** `skews`: how much the clocks that times were taken from may differ. */
function problemOf(record: RecordSeen, skews: number): string | undefined {
  const { state, code, jobId, attempts, startedAt, deadlineAt } = record;
  const endedAt = record.endedAt ?? 0;
  if (state === "TimedOut")
    return endedAt >= deadlineAt ? undefined : `at ${clock(endedAt)}, before its deadline ${clock(deadlineAt)}`;
  if (state !== "Failed" || jobId !== null || (code !== null && OTHER_REASONS.includes(code))) return undefined;
  const tried = endedAt - startedAt;
  const last = attempts.at(-1);
  // What came after the last attempt was refused before any POST: container, key or token.
  const isOfLast = last !== undefined && last.outcomeAt !== null && Math.abs(endedAt - last.outcomeAt) < SECOND;
  const isDenied = !isOfLast || last.status === 401 || last.status === 403;
  if (isDenied) return tried + skews >= DENIAL_GRACE ? undefined : `after ${minutes(tried)} of being denied`;
  return mayPass(last.status) ? `because its last attempt came to ${last.status ?? "no answer"}` : undefined;
}

/** 202: an answer that named no job. */
const mayPass = (status: number | null): boolean =>
  status === null || status === 202 || status === 408 || status === 409 || status === 429 || status >= 500;
