import type { Disguise, JobFaults } from "../jobs/job.ts";
import type { Operation } from "../wire/operations.ts";
import type { AnswerFault, CourseFault, DisguiseFault, Fault, ScriptedFault } from "./fault.ts";

type JobFault = CourseFault | DisguiseFault;

const isAnswer = (fault: Fault): fault is AnswerFault => fault.changes === "answer";
const isDisguise = (fault: Fault): fault is DisguiseFault => fault.changes === "disguise";
const isJobFault = (fault: Fault): fault is JobFault => !isAnswer(fault);

/** Takes the next fault for the answer of a call: one a call, in the order in which they were scripted. */
export function takeAnswerFault(script: ScriptedFault[], operation: Operation): AnswerFault | undefined {
  const next = script.find((item) => fits(item, operation) && isAnswer(item.fault));
  if (next === undefined || !isAnswer(next.fault)) return undefined;
  use(script, next);
  return next.fault;
}

/** Takes the faults for the job that a call starts: one of each kind. */
export function takeJobFaults(script: ScriptedFault[], operation: Operation): JobFaults {
  const taken = takeOneOfEach(script, operation, isJobFault);
  let faults: JobFaults = { disguise: makeDisguise(taken) };
  for (const fault of taken) {
    if (fault.fault === "slow") faults = { ...faults, seconds: fault.seconds };
    if (fault.fault === "failAt") faults = { ...faults, failAt: fault.share };
    if (fault.fault === "neverEnds") faults = { ...faults, neverEnds: true };
    if (fault.fault === "emptyFolder") faults = { ...faults, writesNothing: true };
  }
  return faults;
}

/** Takes the faults for one look at a job: one of each kind. */
export const takeDisguise = (script: ScriptedFault[], operation: Operation): Disguise =>
  makeDisguise(takeOneOfEach(script, operation, isDisguise));

function takeOneOfEach<Taken extends JobFault>(
  script: ScriptedFault[],
  operation: Operation,
  isWanted: (fault: Fault) => fault is Taken,
): readonly Taken[] {
  const taken: Taken[] = [];
  for (const item of [...script]) {
    const { fault } = item;
    if (!fits(item, operation) || !isWanted(fault) || taken.some((other) => other.fault === fault.fault)) continue;
    use(script, item);
    taken.push(fault);
  }
  return taken;
}

function makeDisguise(faults: readonly JobFault[]): Disguise {
  let disguise: Disguise = {};
  for (const fault of faults) {
    if (fault.fault === "loseJob") disguise = { ...disguise, isLost: true };
    if (fault.fault === "nullError") disguise = { ...disguise, hasNullError: true };
    if (fault.fault === "refusedLook") disguise = { ...disguise, refusesLook: true };
    if (fault.fault === "noFolder") disguise = { ...disguise, folderUrl: null };
    if (fault.fault === "foreignFolder") disguise = { ...disguise, folderUrl: fault.folderUrl };
    if (fault.fault === "jobStatus") disguise = { ...disguise, status: fault.status };
  }
  return disguise;
}

const fits = (item: ScriptedFault, operation: Operation): boolean =>
  item.operation === operation || item.operation === "any";

function use(script: ScriptedFault[], item: ScriptedFault): void {
  item.left -= 1;
  if (item.left === 0) script.splice(script.indexOf(item), 1);
}
