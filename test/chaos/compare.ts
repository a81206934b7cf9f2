import { compareRuns } from "./compare-runs.ts";
import { compareStarts } from "./compare-starts.ts";
import { compareStates } from "./compare-states.ts";
import { explainJobs } from "./explain-jobs.ts";
import { type Facts, type Finding, leaked, wrong } from "./facts.ts";

/** Compares ledger, containers, queues, log and answers with what the HSMs know. */
export const compare = (facts: Facts): readonly Finding[] => [
  ...facts.unreadable.map((name) => wrong(`${name} can't be read`)),
  ...compareStates(facts),
  ...compareRuns(facts),
  ...compareStarts(facts),
  ...explainJobs(facts.jobs, facts.records),
  ...facts.messages.map((message) => leaked(`a message was left: ${message}`)),
  ...facts.damaged.map((name) => leaked(`${name}: kept as damaged, though nothing damages a state`)),
];
