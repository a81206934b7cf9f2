import type { MakeCheck } from "../check.ts";
import { isEnded } from "./seen-blobs.ts";
import { clock, END_GRACE } from "./spans.ts";

const END_EVENT = /^backup\.(succeeded|failed|canceled|timedOut)$/;

/** Invariant 1. A run whose state was lost, or replaced from outside the app, is forgotten, and not judged. */
export const runEnds: MakeCheck = () => {
  const reserved = new Map<string, { readonly hsm: string; readonly at: number; deadlineAt: number }>();
  const recordedAt = new Map<string, number>();
  const loggedAt = new Map<string, number>();
  return {
    name: "every reserved run ends in time, is recorded, and its end is logged",
    see(fact, view, change) {
      if (fact.kind === "logged" && END_EVENT.test(fact.event.event)) {
        const run = String(fact.event.run);
        loggedAt.set(run, loggedAt.get(run) ?? fact.at);
        const record = view.ledger.records.get(run);
        // This version can't read a newer record: its own end counts then.
        if (record === undefined || record.schemaVersion > 1 || record.state === fact.event.state) return [];
        return [`the end of ${run} was logged as ${fact.event.event}, and its record says ${record.state}`];
      }
      if (change?.kind === "record" && change.host !== null) recordedAt.set(change.run, fact.at);
      const active = change?.kind === "state" ? change.after?.active : undefined;
      if (active && !reserved.has(active.id))
        reserved.set(active.id, { hsm: change?.hsm ?? "", at: fact.at, deadlineAt: active.deadlineAt });
      return [];
    },
    atEnd(view) {
      const late = (deadlineAt: number) => Math.max(deadlineAt, view.faultsStopAt) + END_GRACE + 2 * view.largestSkew;
      const wrong: string[] = [];
      for (const [run, { hsm, at, deadlineAt }] of reserved) {
        const by = late(deadlineAt);
        if (by > view.now || view.ledger.stateLostAt(hsm) >= at) continue;
        const recorded = recordedAt.get(run);
        const logged = loggedAt.get(run);
        const who = `${run} of ${hsm}, deadline ${clock(deadlineAt)},`;
        if (recorded === undefined) wrong.push(`${who} was never recorded`);
        else if (logged === undefined) wrong.push(`the end of ${who} was never logged`);
        else if (Math.max(recorded, logged) > by)
          wrong.push(`${who} was recorded at ${clock(recorded)} and logged at ${clock(logged)}: late`);
      }
      for (const [hsm, { active }] of view.ledger.states) {
        if (active === null || late(active.deadlineAt) > view.now) continue;
        wrong.push(`${active.id} of ${hsm} ${isEnded(active) ? "isn't released" : "hasn't ended"}`);
      }
      return wrong;
    },
  };
};
