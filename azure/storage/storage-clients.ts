import { BlobServiceClient, type ContainerClient, newPipeline, type Pipeline } from "@azure/storage-blob";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { SECOND } from "../../backup/model/instant.ts";
import { isLoopback } from "../../backup/model/names.ts";
import { followQueueOf } from "../../backup/settings/read-settings.ts";
import { forStorageOnly, type Identity } from "../identity/held-tokens.ts";
import type { HostStorage } from "./host-storage.ts";
import { direct } from "./storage-call.ts";

/** The container that the Functions host keeps its own blobs in. */
const HOST_CONTAINER = "azure-webjobs-hosts";
const MAX_TRIES = 3;
const RETRY_DELAY = 0.4 * SECOND;
const LONGEST_RETRY_DELAY = 2 * SECOND;

/**
 * Few tries, so that all of them fit into a call's time limit where the service answers at all. `tryTimeoutInMs` is
 * only sent to the service, in whole seconds, of which it refuses 0; `callStorage` keeps the limit.
 */
const clientOptions = (callTimeLimit: number) => ({
  retryOptions: {
    maxTries: MAX_TRIES,
    tryTimeoutInMs: Math.max(SECOND, Math.floor(callTimeLimit / MAX_TRIES)),
    retryDelayInMs: RETRY_DELAY,
    maxRetryDelayInMs: LONGEST_RETRY_DELAY,
  },
});

/** The blob service of the account that receives backups. */
export const backupService = (storageUrl: string, identity: Identity, callTimeLimit: number): BlobServiceClient =>
  new BlobServiceClient(storageUrl, pipelineOf(storageUrl, forStorageOnly(identity), callTimeLimit));

/** Clients of the ledger's container, of the host's own and of the queue, in the Functions host's own storage. */
export function ledgerClients(
  host: HostStorage,
  ledger: string,
  identityOf: (clientId: string | undefined) => Identity,
  callTimeLimit: number,
): { readonly container: ContainerClient; readonly hostBlobs: ContainerClient; readonly queue: QueueClient } {
  const { blobServiceUrl, queueServiceUrl, credential } = accessTo(host, identityOf);
  const blobs = new BlobServiceClient(blobServiceUrl, pipelineOf(blobServiceUrl, credential, callTimeLimit));
  const queues = new QueueServiceClient(queueServiceUrl, pipelineOf(queueServiceUrl, credential, callTimeLimit));
  return {
    container: blobs.getContainerClient(ledger),
    hostBlobs: blobs.getContainerClient(HOST_CONTAINER),
    queue: queues.getQueueClient(followQueueOf(ledger)),
  };
}

/** The addresses of the services, and what opens them. */
function accessTo(host: HostStorage, identityOf: (clientId: string | undefined) => Identity) {
  if (host.by === "identity") return { ...host, credential: forStorageOnly(identityOf(host.clientId)) };
  const text = host.connectionString.reveal();
  const { url: blobServiceUrl, credential } = BlobServiceClient.fromConnectionString(text);
  return { blobServiceUrl, queueServiceUrl: QueueServiceClient.fromConnectionString(text).url, credential };
}

function pipelineOf(url: string, credential: BlobServiceClient["credential"], callTimeLimit: number): Pipeline {
  const pipeline = newPipeline(credential, clientOptions(callTimeLimit));
  if (isLoopback(new URL(url))) pipeline.factories.push(direct);
  return pipeline;
}
