import { pause } from "../../local/functions-host/retry.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import type { Deeds } from "./deeds.ts";
import { keepBusy, type Scripted, scriptFault } from "./hsm-faults.ts";
import { cutNetwork, dropCalls, holdCall, type Meddling, stallNetwork } from "./meddlings.ts";
import type { Random } from "./random.ts";

const SECOND = 1_000;
const SHORTEST_PEACE = 0.2 * SECOND;
const LONGEST_PEACE = 1 * SECOND;

/** Disturbs calls, network and HSMs until it is told to stop; then every disturbance has been taken back. */
export async function keepMeddling(
  world: ChaosWorld,
  deeds: Deeds,
  scripted: Scripted,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const script = scriptFault(scripted);
  // As often as it stands here.
  const all: readonly [Meddling, ...Meddling[]] = [
    ...([holdCall, holdCall, holdCall, dropCalls, dropCalls] as const),
    ...([script, script, script, keepBusy, stallNetwork, cutNetwork] as const),
  ];
  const underWay = new Set<Promise<void>>();
  while (!signal.aborted) {
    await pause(random.between(SHORTEST_PEACE, LONGEST_PEACE), signal);
    if (signal.aborted) break;
    const meddling = random
      .pick(all)(world, deeds, random, signal)
      .finally(() => underWay.delete(meddling));
    underWay.add(meddling);
  }
  await Promise.all(underWay);
}

/** Takes from the HSMs what was scripted and has not happened yet, and lets go on what they hold. */
export async function pacify({ hsms }: ChaosWorld): Promise<void> {
  for (const hsm of hsms.names) {
    await hsms.control("DELETE", hsm, "faults");
    await hsms.control("POST", hsm, "release");
  }
}
