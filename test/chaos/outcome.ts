import type { EndedRecord } from "../../backup/model/run.ts";
import type { Facts, Finding } from "./facts.ts";
import { type FaultCounts, killsIn } from "./fault-counts.ts";
import type { Plan } from "./plan.ts";

/** What a chaos run came to. */
export type Outcome = {
  readonly plan: Plan;
  readonly facts: Facts;
  readonly counts: FaultCounts;
  readonly findings: readonly Finding[];
  /** What had not ended when the wait was over. */
  readonly unended: readonly string[];
  readonly seconds: number;
};

const KINDS = ["lost", "doubled", "wrong", "leaked"] as const;

const numberOf = (kind: Finding["kind"], { findings }: Outcome): number =>
  findings.filter((finding) => finding.kind === kind).length;

/** Whether nothing was lost, wrong or leaked, and as many runs ended as were asked for. */
export const isGood = (outcome: Outcome): boolean =>
  outcome.findings.every(({ kind }) => kind === "doubled") && outcome.facts.records.length >= outcome.plan.runs;

/** All of it for a person; the last line is the summary. */
export function describeOutcome(outcome: Outcome): readonly string[] {
  const { plan, facts, counts, findings, unended, seconds } = outcome;
  const { records } = facts;
  const sums = KINDS.map((kind) => `${numberOf(kind, outcome)} ${kind}${kind === "doubled" ? " (all explained)" : ""}`);
  return [
    `seed ${plan.seed}, ${Math.round(seconds)} s`,
    ...describeRuns(facts),
    `faults: ${listed(counts)}`,
    ...unended.map((what) => `not ended: ${what}`),
    ...KINDS.flatMap((kind) => findings.filter((one) => one.kind === kind).map(({ what }) => `${kind}: ${what}`)),
    ...(records.length < plan.runs ? [`only ${records.length} of ${plan.runs} runs were made`] : []),
    `${records.length} runs, ${plan.hsms} HSMs, ${plan.hosts} hosts, ${killsIn(counts)} kills: ${sums.join(", ")}`,
  ];
}

function describeRuns({ records, starts, jobs }: Facts): readonly string[] {
  const bySchedule = records.filter(({ trigger }) => trigger === "schedule").length;
  const answers = starts.flatMap((start) => start.answers.map(({ status }) => String(status ?? "no answer")));
  return [
    `${records.length} runs of ${jobs.length} jobs: ${bySchedule} by schedule, ${records.length - bySchedule} by hand; ${listed(counted(records.map(endOf)))}`,
    `${starts.length} starts by hand in ${answers.length} calls: ${listed(counted(answers))}`,
  ];
}

const endOf = ({ state, error }: EndedRecord): string => (error === null ? state : `${state} ${error.code}`);

const counted = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, same]) => [name, same.length]));

const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, times]) => `${name} ${times}`)
    .join(", ");
