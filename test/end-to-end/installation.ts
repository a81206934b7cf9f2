import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { World } from "../../local/world.ts";
import { worldEnvironment } from "../../local/world-environment.ts";
import { type Gate, openGate } from "./gate.ts";
import { type RunningHost, spawnHost } from "./running-host.ts";

// Seconds instead of minutes, as the app's own intervals in these tests.
export const HOST_FLAGS = ["--poll-seconds", "0.5", "--message-lease-seconds", "3", "--timer-lock-seconds", "0"];

/** One installation of the app: a host's storage with gates before it, and the hosts that are started on it. */
export type Installation = {
  readonly blobGate: Gate;
  readonly queueGate: Gate;
  /** The ledger, past the gate. */
  readonly ledger: ContainerClient;
  readonly queues: QueueServiceClient;
  /** `settings` are laid over the world's; one that is undefined is left out. */
  readonly startHost: (settings?: Readonly<Record<string, string | undefined>>) => Promise<RunningHost>;
  readonly stop: () => Promise<void>;
};

/**
 * @param app the folder of the app
 * @param connection of the host's storage
 */
export async function install(app: string, world: World, connection: string): Promise<Installation> {
  const blobGate = await openGate(endpointOf(connection, "Blob"));
  const queueGate = await openGate(endpointOf(connection, "Queue"));
  const gated = connection
    .replace(endpointOf(connection, "Blob"), blobGate.url)
    .replace(endpointOf(connection, "Queue"), queueGate.url);
  const hosts: RunningHost[] = [];
  return {
    blobGate,
    queueGate,
    ledger: BlobServiceClient.fromConnectionString(connection).getContainerClient("backup-runs"),
    queues: QueueServiceClient.fromConnectionString(connection),
    startHost: async (settings = {}) => {
      const all = { ...world.settings, AzureWebJobsStorage: gated, ...settings };
      const host = await spawnHost(app, { ...worldEnvironment(process.env), ...all }, HOST_FLAGS);
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
