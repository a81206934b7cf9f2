import { isDeepStrictEqual } from "node:util";
import type { EndedRecord } from "../../backup/model/run.ts";
import { type HsmState, REMEMBERED_RUNS, summaryOf } from "../../backup/model/state.ts";
import { type Facts, type Finding, lost, wrong } from "./facts.ts";

/** The state of each HSM against its records. */
export function compareStates({ hsms, states, records }: Facts): readonly Finding[] {
  return hsms.flatMap((hsm): readonly Finding[] => {
    const state = states.find((each) => each.hsm === hsm);
    if (state === undefined) return [wrong(`${hsm} has no state`)];
    const own = records.filter((record) => record.hsm === hsm);
    const active = state.active === null ? [] : [lost(`run ${state.active.id} of ${hsm} is still active`)];
    return [...active, ...problemsOf(state, own).map((problem) => wrong(`the state of ${hsm} ${problem}`))];
  });
}

function problemsOf({ runs, newestSuccess }: HsmState, records: readonly EndedRecord[]): readonly string[] {
  const problems: string[] = [];
  for (const summary of runs) {
    const record = records.find(({ id }) => id === summary.id);
    if (record === undefined) problems.push(`has the end of run ${summary.id}, which has no record`);
    else if (!isDeepStrictEqual(summary, summaryOf(record, summary.key)))
      problems.push(`has another end of run ${summary.id} than its record`);
  }
  const ids = runs.map(({ id }) => id);
  if (new Set(ids).size < ids.length) problems.push("has a run twice");
  const oldest = runs.length < REMEMBERED_RUNS ? "" : (runs.map(({ endedAt }) => endedAt).toSorted()[0] ?? "");
  for (const { id, endedAt } of records)
    if (endedAt > oldest && !ids.includes(id)) problems.push(`lacks the end of run ${id}`);
  const newest = records
    .filter(({ state }) => state === "Succeeded")
    .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
  if (newestSuccess?.id !== newest?.id)
    problems.push(`has ${newestSuccess?.id} as its newest success, the records have ${newest?.id}`);
  const keys = runs.flatMap(({ key }) => key ?? []);
  if (new Set(keys).size < keys.length) problems.push("has two runs of one Idempotency-Key");
  return problems;
}
