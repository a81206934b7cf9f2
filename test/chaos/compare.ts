import { compareCards } from "./compare-cards.ts";
import { compareRuns } from "./compare-runs.ts";
import { compareStarts } from "./compare-starts.ts";
import { explainJobs } from "./explain-jobs.ts";
import { type Facts, type Finding, leaked, wrong } from "./facts.ts";

/** Compares what the ledger, the containers, the queues, the log and the callers say with what the HSMs know. */
export const compare = (facts: Facts): readonly Finding[] => [
  ...facts.unreadable.map((name) => wrong(`${name} can't be read`)),
  ...compareCards(facts),
  ...compareRuns(facts),
  ...compareStarts(facts),
  ...explainJobs(facts.jobs, facts.records, facts.events),
  ...facts.messages.map((message) => leaked(`a message was left: ${message}`)),
  ...facts.damaged.map((name) => leaked(`${name}: put aside, though nobody damaged anything`)),
];
