import { pause } from "../../local/functions-host/retry.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { type FaultCounts, killsIn } from "./fault-counts.ts";
import type { Scripted } from "./hsm-faults.ts";
import { keepDisturbing } from "./keep-disturbing.ts";
import { keepKilling } from "./keep-killing.ts";
import { type Asked, keepStarting } from "./keep-starting.ts";
import { countRecords } from "./ledger-facts.ts";
import type { Plan } from "./plan.ts";
import { makeRandom } from "./random.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LOOK_EVERY = 2 * SECOND;
const REPORT_EVERY = 15 * SECOND;

/** What was done to the world, and what it was asked. */
export type Done = { readonly counts: FaultCounts; readonly asked: Asked; readonly scripted: Scripted };

/**
 * Makes faults and starts backups until enough runs have ended and enough processes were killed, or the time is over. Then
 * no fault is left, and every process runs.
 */
export async function makeFaults(
  world: ChaosWorld,
  plan: Plan,
  { counts, asked, scripted }: Done,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const during = AbortSignal.any([signal, over.signal]);
  const makers = [
    keepKilling(world, counts, makeRandom(plan.seed, "killing"), during),
    keepDisturbing(world, counts, scripted, makeRandom(plan.seed, "disturbing"), during),
    keepStarting(world, asked, makeRandom(plan.seed, "starting"), during),
    untilEnough(world, plan, counts, report, during).finally(() => over.abort()),
  ];
  try {
    await Promise.all(makers);
  } finally {
    over.abort();
    await Promise.allSettled(makers);
  }
  signal.throwIfAborted();
}

async function untilEnough(
  { hostStorage }: ChaosWorld,
  plan: Plan,
  counts: FaultCounts,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  let reported = began;
  while (!signal.aborted && performance.now() - began < plan.minutes * MINUTE) {
    await pause(LOOK_EVERY, signal);
    // The storage may be down.
    const ended = await countRecords(hostStorage.ledger).catch(() => undefined);
    if (ended === undefined) continue;
    const seconds = Math.round((performance.now() - began) / SECOND);
    if (performance.now() - reported > REPORT_EVERY) {
      reported = performance.now();
      report(`${seconds} s: ${ended} runs have ended, ${killsIn(counts)} kills`);
    }
    if (ended >= plan.runs && killsIn(counts) >= plan.kills) return;
  }
}
