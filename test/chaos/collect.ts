import type { Fields } from "../../backup/fields.ts";
import { eventsIn } from "../end-to-end/running-host.ts";
import { readBackups } from "./backup-facts.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import type { EventFacts, Facts } from "./facts.ts";
import type { Given } from "./find-secrets.ts";
import { readJobs } from "./hsm-facts.ts";
import { readLedger } from "./ledger-facts.ts";
import type { Trouble } from "./make-trouble.ts";
import { decoded, readMessages } from "./queue-facts.ts";

const MESSAGE_TEXT = /<MessageText>([^<]+)<\/MessageText>/g;

export type Collected = { readonly facts: Facts; readonly given: readonly Given[] };

/** Everything that is known, from every side, once the hosts are at rest; and every text that the app gave out. */
export async function collect(world: ChaosWorld, { asked, scripted }: Trouble): Promise<Collected> {
  const { hsms, hosts, hostStorage, backupStorage } = world;
  const { texts: blobs, ...ledger } = await readLedger(hostStorage.ledger);
  const { texts: copied, ...backups } = await readBackups(backupStorage.blobs);
  const facts: Facts = {
    hsms: hsms.names,
    ...ledger,
    ...backups,
    jobs: await readJobs(hsms),
    starts: asked.starts,
    events: eventsIn(hosts.lines).flatMap(eventOf),
    scripted,
    messages: await readMessages(hostStorage.queues),
  };
  const lines = hosts.lines.map((text) => ({ where: "a log line", text }));
  const calls = [...hostStorage.blobGate.calls, ...hostStorage.queueGate.calls].map(({ method, path, body }) => ({
    where: `the call ${method} ${path}`,
    text: `${body} ${messagesIn(body)}`,
  }));
  return { facts, given: [...blobs, ...copied, ...asked.texts, ...lines, ...calls] };
}

function eventOf({ event, run, jobId }: Fields): readonly EventFacts[] {
  if (typeof event !== "string" || typeof run !== "string") return [];
  return [{ event, run, jobId: typeof jobId === "string" ? jobId : null }];
}

const messagesIn = (body: string): string =>
  [...body.matchAll(MESSAGE_TEXT)].map(([, message = ""]) => decoded(message)).join(" ");
