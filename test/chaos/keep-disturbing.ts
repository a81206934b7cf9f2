import { pause } from "../../local/functions-host/retry.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { cutNetwork, type Disturbance, dropCalls, holdCall, stallNetwork } from "./disturbances.ts";
import type { FaultCounts } from "./fault-counts.ts";
import { keepBusy, type Scripted, scriptFault } from "./hsm-faults.ts";
import type { Random } from "./random.ts";

const SECOND = 1_000;
const SHORTEST_PEACE = 0.2 * SECOND;
const LONGEST_PEACE = 1 * SECOND;

/** Disturbs calls, network and HSMs until `signal` is aborted; then every disturbance has ended. */
export async function keepDisturbing(
  world: ChaosWorld,
  counts: FaultCounts,
  scripted: Scripted,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const script = scriptFault(scripted);
  // One that is listed more often is more likely.
  const all: readonly [Disturbance, ...Disturbance[]] = [
    ...([holdCall, holdCall, holdCall, dropCalls, dropCalls] as const),
    ...([script, script, script, keepBusy, stallNetwork, cutNetwork] as const),
  ];
  const underWay = new Set<Promise<void>>();
  while (!signal.aborted) {
    await pause(random.between(SHORTEST_PEACE, LONGEST_PEACE), signal);
    if (signal.aborted) break;
    const disturbing = random
      .pick(all)(world, counts, random, signal)
      .finally(() => underWay.delete(disturbing));
    underWay.add(disturbing);
  }
  await Promise.all(underWay);
}

/** Removes the scripted faults that have not happened yet, and releases the calls that the HSMs hold. */
export async function clearFaults({ hsms }: ChaosWorld): Promise<void> {
  for (const hsm of hsms.names) {
    await hsms.control("DELETE", hsm, "faults");
    await hsms.control("POST", hsm, "release");
  }
}
