import { pause } from "../../local/functions-host/retry.ts";
import { NEW_YEAR } from "../end-to-end/answers.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { readJobs } from "./hsm-facts.ts";
import { pacify } from "./keep-meddling.ts";
import { countRuns, takenCards } from "./ledger-facts.ts";
import { countMessages } from "./queue-facts.ts";

const SECOND = 1_000;
/** Every pause of the app is some seconds here: what hasn't come to rest by then never will. */
const SETTLED_WITHIN = 90 * SECOND;
const LOOK_EVERY = 1 * SECOND;
/** At rest at several looks in a row: a message that is about to be sent isn't in any queue. */
const LOOKS = 3;

/**
 * With no faults any more: the hosts are started anew with a schedule that has no slot, as a change of settings does, and
 * everything comes to rest. @returns what hasn't, in the end
 */
export async function settle(world: ChaosWorld, signal: AbortSignal): Promise<readonly string[]> {
  await pacify(world);
  world.hosts.change({ BACKUP_SCHEDULE: NEW_YEAR });
  for (const host of world.hosts.all) {
    await host.kill();
    await host.start();
  }
  const end = performance.now() + SETTLED_WITHIN;
  let unsettled: readonly string[] = [];
  for (let calm = 0; calm < LOOKS; ) {
    signal.throwIfAborted();
    unsettled = await findUnsettled(world);
    calm = unsettled.length === 0 ? calm + 1 : 0;
    if (unsettled.length > 0 && performance.now() > end) break;
    await pause(LOOK_EVERY, signal);
  }
  return unsettled;
}

async function findUnsettled({ hostStorage, hsms }: ChaosWorld): Promise<readonly string[]> {
  const { unended } = await countRuns(hostStorage.ledger);
  if (unended > 0) return [`${unended} runs have not ended`];
  const taken = await takenCards(hostStorage.ledger, hsms.names);
  if (taken.length > 0) return [`cards are taken: ${taken.join(", ")}`];
  const messages = await countMessages(hostStorage.queues);
  if (messages > 0) return [`${messages} messages are in the queues`];
  const running = (await readJobs(hsms)).filter(({ endedAt }) => endedAt === null);
  return running.length > 0 ? [`${running.length} jobs still run`] : [];
}
