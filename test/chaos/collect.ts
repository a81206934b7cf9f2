import { messageIn } from "../end-to-end/gate.ts";
import { eventsIn } from "../end-to-end/running-host.ts";
import { readBackups } from "./backup-facts.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import type { Facts } from "./facts.ts";
import type { Given } from "./find-secrets.ts";
import { readJobs } from "./hsm-facts.ts";
import { readLedger } from "./ledger-facts.ts";
import type { Done } from "./make-faults.ts";
import { readMessages } from "./queue-facts.ts";

const END_EVENTS: readonly unknown[] = ["backup.succeeded", "backup.failed", "backup.canceled", "backup.timedOut"];

export type Collected = { readonly facts: Facts; readonly given: readonly Given[] };

/** Everything that is known from every side once all runs have ended, and every text that the app gave out. */
export async function collect(world: ChaosWorld, { asked, scripted }: Done): Promise<Collected> {
  const { hsms, hosts, hostStorage, backupStorage } = world;
  const { texts: blobs, ...ledger } = await readLedger(hostStorage.ledger);
  const { texts: copied, ...backups } = await readBackups(backupStorage.blobs);
  const facts: Facts = {
    hsms: hsms.names,
    ...ledger,
    ...backups,
    jobs: await readJobs(hsms),
    starts: asked.starts,
    loggedEnds: new Set(
      eventsIn(hosts.lines).flatMap(({ event, run }) => (END_EVENTS.includes(event) ? String(run) : [])),
    ),
    scripted,
    messages: await readMessages(hostStorage.queues),
  };
  const lines = hosts.lines.map((text) => ({ where: "a log line", text }));
  const calls = [...hostStorage.blobGate.calls, ...hostStorage.queueGate.calls].map(({ method, path, body }) => ({
    where: `the call ${method} ${path}`,
    text: `${body} ${messageIn(body)}`,
  }));
  return { facts, given: [...blobs, ...copied, ...asked.texts, ...lines, ...calls] };
}
