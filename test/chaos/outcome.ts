import type { Run } from "../../backup/run.ts";
import { type Deeds, describeDeeds, killsOf } from "./deeds.ts";
import type { Facts, Finding, StartFacts } from "./facts.ts";
import type { Plan } from "./plan.ts";

/** What a chaos run came to. */
export type Outcome = {
  readonly plan: Plan;
  readonly facts: Facts;
  readonly deeds: Deeds;
  readonly findings: readonly Finding[];
  readonly unsettled: readonly string[];
  readonly seconds: number;
};

const KINDS = ["lost", "doubled", "wrong", "leaked"] as const;

export const countsOf = (findings: readonly Finding[]): Readonly<Record<Finding["kind"], number>> => {
  const count = (kind: Finding["kind"]): number => findings.filter((finding) => finding.kind === kind).length;
  return { lost: count("lost"), doubled: count("doubled"), wrong: count("wrong"), leaked: count("leaked") };
};

/** Whether nothing was lost, wrong or leaked, and as many runs ended as were asked for. */
export function isGood({ plan, facts, findings }: Outcome): boolean {
  const { lost, wrong, leaked } = countsOf(findings);
  return lost + wrong + leaked === 0 && facts.records.length >= plan.runs;
}

/** All of it for a person; the last line is the summary. */
export function describeOutcome(outcome: Outcome): readonly string[] {
  const { plan, facts, deeds, findings, unsettled, seconds } = outcome;
  return [
    `seed ${plan.seed}, ${Math.round(seconds)} s`,
    ...describeRuns(facts),
    ...describeDeeds(deeds),
    ...unsettled.map((what) => `not settled: ${what}`),
    ...KINDS.flatMap((kind) => findings.filter((one) => one.kind === kind).map(({ what }) => `${kind}: ${what}`)),
    ...(facts.records.length < plan.runs ? [`only ${facts.records.length} of ${plan.runs} runs came about`] : []),
    summaryOf(outcome),
  ];
}

function summaryOf({ facts, plan, deeds, findings }: Outcome): string {
  const { lost, doubled, wrong, leaked } = countsOf(findings);
  const done = `${facts.records.length} runs, ${plan.hsms} HSMs, ${plan.hosts} hosts, ${killsOf(deeds)} kills`;
  return `${done}: ${lost} lost, ${doubled} doubled (all explained), ${wrong} wrong, ${leaked} leaked`;
}

function describeRuns({ records, starts, jobs }: Facts): readonly string[] {
  const ends = Object.entries(Object.groupBy(records, endOf)).map(([end, of = []]) => `${of.length} ${end}`);
  const bySchedule = records.filter(({ trigger }) => trigger === "schedule").length;
  const answers = starts.flatMap((start) => start.answers);
  const answered = (status: number | null): number => answers.filter((answer) => answer.status === status).length;
  const others = answers.length - answered(202) - answered(409) - answered(null);
  return [
    `${records.length} runs: ${bySchedule} by schedule, ${records.length - bySchedule} by hand; ${ends.join(", ")}`,
    `${starts.length} starts by hand in ${answers.length} calls: ${answered(202)} answered 202, ${answered(409)} answered 409, ${others} answered otherwise, ${answered(null)} not answered`,
    `${jobs.length} jobs accepted by the HSMs; ${countResent(starts)} starts sent again`,
  ];
}

const endOf = (run: Run): string => ("error" in run ? `${run.state} ${run.error.code}` : run.state);

const countResent = (starts: readonly StartFacts[]): number =>
  starts.filter(({ answers }) => answers.length > 1).length;

/** The same for a program: one line of JSON. */
export function outcomeJson(outcome: Outcome): string {
  const { plan, facts, deeds, findings, unsettled, seconds } = outcome;
  const { isJson: _, ...asked } = plan;
  return JSON.stringify({
    ...asked,
    seconds: Math.round(seconds),
    runsMade: facts.records.length,
    deeds: { ...deeds, hsmFaults: Object.fromEntries(deeds.hsmFaults) },
    counts: countsOf(findings),
    findings,
    unsettled,
  });
}
