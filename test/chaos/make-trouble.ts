import { pause } from "../../local/functions-host/retry.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { type Deeds, killsOf } from "./deeds.ts";
import type { Scripted } from "./hsm-faults.ts";
import { keepKilling } from "./keep-killing.ts";
import { keepMeddling } from "./keep-meddling.ts";
import { type Asked, keepStarting } from "./keep-starting.ts";
import { countRuns } from "./ledger-facts.ts";
import type { Plan } from "./plan.ts";
import { makeRandom } from "./random.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LOOK_EVERY = 2 * SECOND;
const TELL_EVERY = 15 * SECOND;

/** What was done, by whom, while there was trouble. */
export type Trouble = { readonly deeds: Deeds; readonly asked: Asked; readonly scripted: Scripted };

/**
 * Makes faults and starts backups until enough runs have ended and enough was killed, or the time is over. Then no fault is
 * left, and everything is up.
 */
export async function makeTrouble(
  world: ChaosWorld,
  plan: Plan,
  { deeds, asked, scripted }: Trouble,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const during = AbortSignal.any([signal, over.signal]);
  const makers = [
    keepKilling(world, deeds, makeRandom(plan.seed, "killing"), during),
    keepMeddling(world, deeds, scripted, makeRandom(plan.seed, "meddling"), during),
    keepStarting(world, asked, makeRandom(plan.seed, "starting"), during),
    untilEnough(world, plan, deeds, tell, during).finally(() => over.abort()),
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
  deeds: Deeds,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  let told = began;
  while (!signal.aborted && performance.now() - began < plan.minutes * MINUTE) {
    await pause(LOOK_EVERY, signal);
    // Its storage may be down just now.
    const ended = (await countRuns(hostStorage.ledger).catch(() => undefined))?.ended;
    if (ended === undefined) continue;
    const seconds = Math.round((performance.now() - began) / SECOND);
    if (performance.now() - told > TELL_EVERY) {
      told = performance.now();
      tell(`${seconds} s: ${ended} runs have ended, ${killsOf(deeds)} kills`);
    }
    if (ended >= plan.runs && killsOf(deeds) >= plan.kills) return;
  }
}
