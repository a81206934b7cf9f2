import type { MakeCheck } from "../check.ts";
import type { Fact } from "../facts.ts";
import { clock, MINUTE, SECOND, UNATTENDED_AFTER } from "./spans.ts";

/** Each step has one message, hidden until `nextAt`; one that is worked on; and what faults doubled, for five minutes. */
const MOST = 12;

/** Invariant 5. */
export const boundedMessages: MakeCheck = () => {
  const live = new Map<string, string>();
  const written = new Map<string, number>();
  const reported = new Set<string>();

  function sendProblem(
    { run, seq, at, visibleAt, expiresAt }: Extract<Fact, { kind: "messageSent" }>,
    nextAt?: number,
  ) {
    if (seq > (written.get(run) ?? -1)) return "was sent before the state was written";
    if (expiresAt > visibleAt + UNATTENDED_AFTER + 2 * SECOND) return `lives until ${clock(expiresAt)}`;
    const isEarly = nextAt !== undefined && visibleAt < nextAt && visibleAt > at + MINUTE;
    return isEarly ? `is visible before ${clock(nextAt)}` : undefined;
  }

  return {
    name: "messages of one run are few, follow its state, and expire",
    see(fact, view, change) {
      if (change?.kind === "state" && change.after?.active) {
        const { id, seq } = change.after.active;
        written.set(id, Math.max(seq, written.get(id) ?? 0));
      }
      if (fact.kind === "messageGone") live.delete(fact.id);
      if (fact.kind !== "messageSent") return [];
      const { id, run, hsm, seq } = fact;
      live.set(id, run);
      const active = view.ledger.states.get(hsm)?.active;
      const problem = sendProblem(fact, active?.id === run && active.seq === seq ? active.nextAt : undefined);
      const count = [...live.values()].filter((each) => each === run).length;
      const isFlood = count > MOST && !reported.has(run);
      if (isFlood) reported.add(run);
      return [
        ...(problem === undefined ? [] : [`message ${seq} of ${run} of ${hsm} ${problem}`]),
        ...(isFlood ? [`${run} of ${hsm} has ${count} messages`] : []),
      ];
    },
  };
};
