import type { MakeCheck } from "../check.ts";
import type { StateSeen } from "./seen-blobs.ts";
import { clock, dueAt, MINUTE, newestSlot } from "./spans.ts";

const successesOf = ({ newestSuccess, runs }: StateSeen) =>
  [newestSuccess, ...runs].filter((run) => run?.state === "Succeeded").flatMap((run) => run ?? []);

/** A timer's reservation: the run, and the state as it was before. */
function timersRun(change: Parameters<NonNullable<ReturnType<MakeCheck>["see"]>>[2]) {
  if (change?.kind !== "state" || change.host === null || change.before === undefined) return undefined;
  const { before, after, hsm } = change;
  const run = after?.active;
  if (before.active !== null || !run || run.slot === null) return undefined;
  return { hsm, run, slot: run.slot, before };
}

/** Invariant 2, judged by what the state itself says. */
export const satisfiedSlot: MakeCheck = () => ({
  name: "a slot with a verified success is never started again by a timer",
  see(_fact, view, change) {
    const started = timersRun(change);
    if (started === undefined) return [];
    const { run, slot, hsm, before } = started;
    // A success in the future was written by a host with a wrong clock, and proves nothing.
    const own = successesOf(before).find(
      ({ startedAt }) => startedAt >= slot && startedAt <= run.startedAt + 50 * MINUTE,
    );
    const late = slot > run.startedAt + view.largestSkew ? [`${run.id} of ${hsm} was started before its slot`] : [];
    return own === undefined ? late : [`${run.id} of ${hsm} was started, and ${own.id} has Succeeded for the slot`];
  },
});

/** Four timers, and the time that their calls may take. */
const STARTED_WITHIN = 20 * MINUTE;

/** A try starts not before its pause is over and, once the faults have stopped, not long after. */
export const dueSlot: MakeCheck = () => {
  const freeSince = new Map<string, number>();
  const reported = new Set<string>();
  return {
    name: "due slots are backed up, and tried again after 15 min, 1 h, 2 h, 4 h",
    see(fact, view, change) {
      if (change?.kind === "state" && change.before?.active !== null) freeSince.set(change.hsm, fact.at);
      const started = timersRun(change);
      if (started !== undefined) {
        const { run, slot, hsm, before } = started;
        const due = dueAt(
          slot,
          before.runs.filter((each) => each.slot === slot),
        );
        return run.startedAt < due ? [`${run.id} of ${hsm} was started before ${clock(due)}`] : [];
      }
      if (fact.kind !== "timerFired" || fact.at < view.faultsStopAt + STARTED_WITHIN) return [];
      return view.hsms.flatMap((hsm) => {
        const state = view.ledger.states.get(hsm);
        const slot = newestSlot(view.slotGap, fact.at);
        if (state === undefined) return [`${hsm} has no state long after the faults have stopped`];
        if (state.active !== null || successesOf(state).some(({ startedAt }) => startedAt >= slot)) return [];
        const due = dueAt(
          slot,
          state.runs.filter((each) => each.slot === slot),
        );
        const from = Math.max(due, freeSince.get(hsm) ?? 0, view.faultsStopAt);
        const key = `${hsm} ${slot} ${state.runs[0]?.id}`;
        if (fact.at <= from + STARTED_WITHIN + 2 * view.largestSkew || reported.has(key)) return [];
        reported.add(key);
        return [`slot ${clock(slot)} of ${hsm}, due since ${clock(due)}, wasn't started`];
      });
    },
  };
};

/** What is left when no fault is. */
export const oneJob: MakeCheck = () => {
  const runs = new Set<string>();
  let jobs = 0;
  let hasFault = false;
  return {
    name: "without faults, one job per run, and it succeeds",
    see(fact, _view, change) {
      hasFault ||= fact.kind === "fault";
      if (fact.kind === "jobAccepted") jobs += 1;
      if (change?.kind === "state" && change.after?.active) runs.add(change.after.active.id);
      if (hasFault || change?.kind !== "record" || change.after?.state === "Succeeded") return [];
      return [`${change.run} of ${change.hsm} ended as ${change.after?.state}, without any fault`];
    },
    atEnd: () => (hasFault || runs.size === jobs ? [] : [`${runs.size} runs had ${jobs} jobs, without any fault`]),
  };
};
