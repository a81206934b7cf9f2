import type { EndedRecord } from "../../backup/model/run.ts";
import { type Facts, type Finding, lost, type StartFacts, wrong } from "./facts.ts";

const ACCEPTED = 202;
const BUSY = 409;
const UNFORESEEN = 500;
const UNAVAILABLE = 503;

/** Every start by hand: one that was answered 202 has its record, one key has one run, and there is no other run. */
export function compareStarts({ starts, records, hsms }: Facts): readonly Finding[] {
  const ids = new Set(records.map(({ id }) => id));
  return [
    ...starts.flatMap((start) => compareStart(start, ids)),
    ...hsms.flatMap((hsm) => unasked(hsm, starts, records)),
  ];
}

function compareStart(start: StartFacts, records: ReadonlySet<string>): readonly Finding[] {
  const runs = acceptedRuns(start);
  const findings: Finding[] = [];
  for (const run of runs)
    if (!records.has(run)) findings.push(lost(`run ${run} of ${start.hsm} was answered 202 and has no record`));
  if (runs.length > 1)
    findings.push(wrong(`one Idempotency-Key of ${start.hsm} was answered with ${runs.join(" and ")}`));
  for (const { status, run } of start.answers)
    if (status === BUSY && run !== null && !records.has(run))
      findings.push(lost(`run ${run} of ${start.hsm} was the reason of a 409 and has no record`));
  const others = start.answers.filter(({ status }) => status === UNFORESEEN);
  return [...findings, ...others.map(({ status }) => wrong(`a start of ${start.hsm} was answered ${status}`))];
}

/** Runs by hand that no 202 named: no more than there are starts without an answer. */
function unasked(hsm: string, starts: readonly StartFacts[], records: readonly EndedRecord[]): readonly Finding[] {
  const own = starts.filter((start) => start.hsm === hsm);
  const accepted = new Set(own.flatMap(acceptedRuns));
  const unnamed = records.filter((run) => run.hsm === hsm && run.trigger === "manual" && !accepted.has(run.id));
  const open = own.filter((start) => acceptedRuns(start).length === 0 && start.answers.some(isOpen));
  if (unnamed.length <= open.length) return [];
  const names = unnamed.map(({ id }) => id).join(", ");
  return [wrong(`${hsm} has runs by hand that no answer named: ${names}; only ${open.length} starts have no answer`)];
}

const acceptedRuns = ({ answers }: StartFacts): readonly string[] => [
  ...new Set(answers.flatMap(({ status, run }) => (status === ACCEPTED && run !== null ? [run] : []))),
];

/** It isn't known whether it took effect. */
const isOpen = ({ status }: StartFacts["answers"][number]): boolean =>
  status === null || status === UNAVAILABLE || status === UNFORESEEN;
