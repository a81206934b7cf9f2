import { pause } from "../../local/functions-host/retry.ts";
import { BY_HAND } from "../end-to-end/installation.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { readJobs } from "./hsm-facts.ts";
import { clearFaults } from "./keep-disturbing.ts";
import { activeHsms } from "./ledger-facts.ts";
import { countMessages } from "./queue-facts.ts";

const SECOND = 1_000;
/** Every pause of the app is some seconds here. */
const ENDED_WITHIN = 90 * SECOND;
const LOOK_EVERY = 1 * SECOND;
/** At several looks in a row: a message that is about to be sent isn't in any queue. */
const LOOKS = 3;

/**
 * Clears all faults, restarts the hosts with a schedule that has no slot, as a change of settings does, and waits until
 * every run has ended. @returns what hasn't ended
 */
export async function waitForEnds(world: ChaosWorld, signal: AbortSignal): Promise<readonly string[]> {
  await clearFaults(world);
  world.hosts.change(BY_HAND);
  for (const host of world.hosts.all) {
    await host.kill();
    await host.start();
  }
  const end = performance.now() + ENDED_WITHIN;
  let unended: readonly string[] = [];
  for (let calm = 0; calm < LOOKS; ) {
    signal.throwIfAborted();
    unended = await findUnended(world);
    calm = unended.length === 0 ? calm + 1 : 0;
    if (unended.length > 0 && performance.now() > end) break;
    await pause(LOOK_EVERY, signal);
  }
  return unended;
}

async function findUnended({ hostStorage, hsms }: ChaosWorld): Promise<readonly string[]> {
  const active = await activeHsms(hostStorage.ledger, hsms.names);
  if (active.length > 0) return [`runs are active: ${active.join(", ")}`];
  const messages = await countMessages(hostStorage.queues);
  if (messages > 0) return [`${messages} messages are in the queues`];
  const running = (await readJobs(hsms)).filter(({ endedAt }) => endedAt === null);
  return running.length > 0 ? [`${running.length} jobs still run`] : [];
}
