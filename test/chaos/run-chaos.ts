import { commandLines } from "../processes.ts";
import { until } from "../until.ts";
import { startChaosWorld } from "./chaos-world.ts";
import { collect } from "./collect.ts";
import { compare } from "./compare.ts";
import { leaked, wrong } from "./facts.ts";
import { findSecrets } from "./find-secrets.ts";
import { newAsked } from "./keep-starting.ts";
import { type Done, makeFaults } from "./make-faults.ts";
import type { Outcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { waitForEnds } from "./wait-for-ends.ts";

const GONE_WITHIN_SECONDS = 10;

/** A whole chaos run, from the start of its world to its end; nothing of it is left then. */
export async function runChaos(plan: Plan, report: (line: string) => void, signal: AbortSignal): Promise<Outcome> {
  const began = performance.now();
  const done: Done = { counts: new Map(), asked: newAsked(), scripted: new Map() };
  report(`seed ${plan.seed}: starting ${plan.hosts} hosts, two storages and ${plan.hsms} HSMs ...`);
  const world = await startChaosWorld(plan, signal);
  const finish = async () => {
    try {
      await makeFaults(world, plan, done, report, signal);
      report("no more faults: waiting for every run to end ...");
      const unended = await waitForEnds(world, signal);
      await world.hosts.stop();
      return { unended, ...(await collect(world, done)) };
    } finally {
      await world.stop();
    }
  };
  const { unended, facts, given } = await finish();
  const findings = [
    ...compare(facts),
    ...done.asked.unforeseen.map((what) => wrong(what)),
    ...findSecrets(given, world.secrets),
    ...(await processesOf(world.folder)).map((line) => leaked(`a process was left: ${line}`)),
  ];
  const seconds = (performance.now() - began) / 1_000;
  return { plan, facts, counts: done.counts, findings, unended, seconds };
}

/** Command lines of the processes of a world that are there although it has ended. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const look = async () => (await commandLines()).filter((line) => line.includes(folder));
  await until("the end of every process", async () => (await look()).length === 0, GONE_WITHIN_SECONDS).catch(
    () => undefined,
  );
  return look();
}
