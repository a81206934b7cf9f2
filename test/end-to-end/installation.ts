import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { followQueueOf } from "../../backup/settings/read-settings.ts";
import type { World } from "../../local/world.ts";
import { worldEnvironment } from "../../local/world-environment.ts";
import { type Gate, openGate } from "./gate.ts";
import { type RunningHost, spawnHost } from "./running-host.ts";

// Seconds instead of minutes, as the app's own intervals in these tests.
export const HOST_FLAGS = ["--poll-seconds", "0.5", "--message-lease-seconds", "3", "--timer-lock-seconds", "0"];
/** The newest slot is of the last new year, and no other comes while the tests run. A new HSM is due for it at once. */
const ONE_SLOT = "0 0 0 1 1 *";
/** No slot: only manual starts make backups. */
export const BY_HAND = { FAST_SLOTS: "never" };

export type HostSettings = Readonly<Record<string, string | undefined>>;

/** One installation of the app: its ledger and queue, gates before the storage, and the hosts that are started on it. */
export type Installation = {
  readonly blobGate: Gate;
  readonly queueGate: Gate;
  /** Past the gate. */
  readonly ledger: ContainerClient;
  readonly queue: QueueClient;
  /** `settings` are laid over the world's; one that is undefined is left out. */
  readonly startHost: (settings?: HostSettings) => Promise<RunningHost>;
  readonly stop: () => Promise<void>;
};

/**
 * @param app the folder of the app
 * @param ledger the name of its ledger in the world's host storage, whose container and queue are created where absent
 */
export async function install(app: string, world: World, ledger: string): Promise<Installation> {
  const connection = world.settings.AzureWebJobsStorage;
  const blobGate = await openGate(endpointOf(connection, "Blob"));
  const queueGate = await openGate(endpointOf(connection, "Queue"));
  const gated = connection
    .replace(endpointOf(connection, "Blob"), blobGate.url)
    .replace(endpointOf(connection, "Queue"), queueGate.url);
  const container = BlobServiceClient.fromConnectionString(connection).getContainerClient(ledger);
  const queue = QueueServiceClient.fromConnectionString(connection).getQueueClient(followQueueOf(ledger));
  // The app would create the queue by its first message, and a gate would see that message twice.
  await Promise.all([container.createIfNotExists(), queue.createIfNotExists()]);
  const hosts: RunningHost[] = [];
  return {
    blobGate,
    queueGate,
    ledger: container,
    queue,
    startHost: async (settings = {}) => {
      const own = { AzureWebJobsStorage: gated, BACKUP_LEDGER: ledger, BACKUP_SCHEDULE: ONE_SLOT };
      const all = { ...worldEnvironment(process.env), ...world.settings, ...own, ...settings };
      const host = await spawnHost(app, all, HOST_FLAGS);
      hosts.push(host);
      return host;
    },
    stop: async () => {
      await Promise.all(hosts.map((host) => host.kill()));
      await Promise.all([blobGate.close(), queueGate.close()]);
    },
  };
}

/** Scheme, host and port of a service in a storage connection string. */
export function endpointOf(connection: string, service: "Blob" | "Queue"): string {
  const url = new RegExp(`${service}Endpoint=(https?://[^/;]+)`).exec(connection)?.[1];
  if (url === undefined) throw new Error(`The connection string has no ${service}Endpoint.`);
  return url;
}
