import type { MakeCheck, View } from "../check.ts";
import type { FaultKind } from "../faults/fault-kinds.ts";
import { clock, HOUR, MINUTE, newestSlot } from "./spans.ts";

/** Faults of one HSM, whose words name it. */
const OF_ONE_HSM: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "hsmUnreachable",
  "jobLost",
  "jobFails",
  "jobCanceled",
  "jobNeverEnds",
  "emptyFolder",
  "foreignFolder",
  "startRefused",
  "someoneElsesBackup",
  "recordDamaged",
  "recordDeleted",
  "stateDamaged",
  "stateDeleted",
  "statePutBack",
]);
/** Two timers, and the calls of a tick. */
const STARTED_WITHIN = 12 * MINUTE;
/** The longest backup, with everything around it. */
const LONGEST_RUN = HOUR;

/** Invariant 6, judged for as long as a world has had no trouble but that of some HSMs. */
export const neighbours: MakeCheck = () => {
  const troubled = new Set<string>();
  const reported = new Set<string>();
  let isQuiet = true;

  function problemOf(hsm: string, at: number, view: View): string | undefined {
    const slot = newestSlot(view.slotGap, at);
    const state = view.ledger.states.get(hsm);
    if (state === undefined) return at > view.faultsStopAt ? `${hsm} has no state` : undefined;
    const { active, runs } = state;
    if (active !== null) return at > active.startedAt + LONGEST_RUN ? `${active.id} of ${hsm} runs still` : undefined;
    const freeSince = Math.max(slot, ...runs.map(({ endedAt }) => endedAt));
    if (at <= freeSince + STARTED_WITHIN) return undefined;
    const isKnown = runs.some((run) => run.state === "Succeeded" && run.startedAt >= slot);
    return isKnown ? undefined : `slot ${clock(slot)} of ${hsm} has no success and no run`;
  }

  return {
    name: "one HSM's trouble neither delays nor fails another",
    see(fact, view) {
      if (fact.kind === "fault") {
        const named = OF_ONE_HSM.has(fact.fault) ? view.hsms.filter((hsm) => fact.what.includes(hsm)) : [];
        for (const hsm of named) troubled.add(hsm);
        isQuiet &&= named.length > 0;
      }
      if (fact.kind !== "timerFired" || !isQuiet || troubled.size === 0) return [];
      return view.hsms.flatMap((hsm) => {
        const problem = troubled.has(hsm) ? undefined : problemOf(hsm, fact.at, view);
        if (problem === undefined || reported.has(problem)) return [];
        reported.add(problem);
        return [`${problem} at ${clock(fact.at)}, and only ${[...troubled].join(", ")} had trouble`];
      });
    },
  };
};
