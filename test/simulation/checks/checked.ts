import type { MakeCheck, View } from "../check.ts";
import { clock, LONGEST_FREEZE, MINUTE, overdueAt } from "./spans.ts";

/** A tick reads the states, side by side, and logs; each call may take 30 s. */
const READ_TAKES = 3 * MINUTE;

/** Every tick whose process survives logs the state of each HSM, whatever is down. */
export const checkedAlways: MakeCheck = () => {
  const ticks = new Map<number, { readonly host: number; readonly left: Set<string> }>();
  return {
    name: "backup.checked is logged for each configured HSM at every tick",
    see(fact, view) {
      if (fact.kind === "timerFired")
        ticks.set(fact.tick, { host: fact.host, left: new Set(view.hosts.get(fact.host)?.hsms) });
      if (fact.kind === "logged" && fact.event.event === "backup.checked") {
        const hsm = String(fact.event.hsm);
        for (const { host, left } of ticks.values()) if (host === fact.host) left.delete(hsm);
        return fact.event.version === (view.hosts.get(fact.host)?.version === "newer" ? "2.0.0" : "1.0.0")
          ? []
          : [`backup.checked of ${hsm} names the version ${String(fact.event.version)}`];
      }
      if (fact.kind !== "timerEnded") return [];
      const { left = [] } = ticks.get(fact.tick) ?? {};
      ticks.delete(fact.tick);
      return [...left].map((hsm) => `tick ${fact.tick} of host ${fact.host} logged no backup.checked of ${hsm}`);
    },
  };
};

/** The verified successes so far: when each was started, by HSM and run. */
export function watchSuccesses() {
  const started = new Map<string, Map<string, number>>();
  const see: NonNullable<ReturnType<MakeCheck>["see"]> = (_fact, _view, change) => {
    const run = change?.kind === "state" ? change.after?.active : change?.after;
    if (change === undefined || run?.state !== "Succeeded") return [];
    started.set(change.hsm, (started.get(change.hsm) ?? new Map()).set(run.id, run.startedAt));
    return [];
  };
  /** From when on the HSM is overdue for a host; without a success, always. */
  const overdueOf = (hsm: string, host: number, view: View): number => {
    const newest = Math.max(...(started.get(hsm)?.values() ?? []));
    return Number.isFinite(newest) ? overdueAt(view, view.hosts.get(host)?.slotGap ?? view.slotGap, newest) : 0;
  };
  return { see, overdueOf, startedAt: (hsm: string, run: string) => started.get(hsm)?.get(run) };
}

export const tolerance = ({ largestSkew }: View): number => READ_TAKES + LONGEST_FREEZE + 2 * largestSkew;

/** What the alarms read may be worse than the truth, never better. */
export const checkedTruth: MakeCheck = () => {
  const { see, overdueOf, startedAt } = watchSuccesses();
  return {
    name: "backup.checked says nothing better than the truth",
    see(fact, view, change) {
      see(fact, view, change);
      if (fact.kind !== "logged" || fact.event.event !== "backup.checked") return [];
      const { hsm: name, newestSuccessRun, isOverdue, problem, overdueAt: said, newestSuccess } = fact.event;
      const hsm = String(name);
      const about = `backup.checked of ${hsm} at ${clock(fact.at)}`;
      if (typeof newestSuccessRun === "string") {
        const at = startedAt(hsm, newestSuccessRun);
        if (at === undefined) return [`${about} calls ${newestSuccessRun} a success`];
        if (at !== Date.parse(String(newestSuccess)))
          return [`${about}: ${newestSuccessRun} was started at ${clock(at)}`];
      }
      const truth = overdueOf(hsm, fact.host, view);
      if (isOverdue === false && truth + tolerance(view) < fact.at)
        return [`${about} doesn't say that the HSM is overdue since ${clock(truth)}`];
      if (isOverdue === false && (typeof newestSuccessRun !== "string" || Date.parse(String(said)) > truth))
        return [`${about} says that it is overdue only from ${String(said)}, not ${clock(truth)}`];
      // Long after the faults it may report nothing worse than the truth either.
      const isCalm = fact.at > view.faultsStopAt + view.deadline + 30 * MINUTE;
      return isCalm && isOverdue === true && fact.at < truth && problem === null
        ? [`${about} says that it is overdue, which it is from ${clock(truth)}`]
        : [];
    },
  };
};

/** Nothing that is wrong, or unknown, looks healthy. */
export const healthTruth: MakeCheck = () => {
  const { see, overdueOf } = watchSuccesses();
  let missingSince = Number.POSITIVE_INFINITY;
  return {
    name: "health and overview say nothing better than the truth",
    see(fact, view, change) {
      see(fact, view, change);
      if (fact.kind === "ledgerDeleted") missingSince = fact.at;
      if (fact.kind === "ledgerMade") missingSince = Number.POSITIVE_INFINITY;
      if (fact.kind !== "requestAnswered" || fact.status !== 200) return [];
      const readAt = fact.at - tolerance(view);
      if (missingSince < readAt)
        return [`${fact.route} answered 200, and the ledger is gone since ${clock(missingSince)}`];
      if (fact.route !== "health") return [];
      const settings = view.hosts.get(fact.host);
      const body = JSON.stringify(fact.body);
      return (settings?.hsms ?? []).flatMap((hsm) => {
        const about = `health answered 200 at ${clock(fact.at)}`;
        if (settings?.rejected.length) return [`${about}, and the setting of ${settings.rejected.join()} is rejected`];
        if (!body.includes(`"hsm":"${hsm}"`)) return [`${about} without ${hsm}`];
        if (!view.ledger.states.has(hsm) && view.ledger.stateLostAt(hsm) < readAt)
          return [`${about}; ${hsm} has no state`];
        const truth = overdueOf(hsm, fact.host, view);
        return truth < readAt ? [`${about}; ${hsm} is overdue since ${clock(truth)}`] : [];
      });
    },
  };
};
