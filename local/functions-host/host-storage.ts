import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { Environment } from "./setting-expressions.ts";

export type HostStorage = {
  /** The container of the host's own blobs: locks and the timers' monitor. */
  readonly hostBlobs: ContainerClient;
  /** The queue service that a connection setting names. @throws Error in one sentence when the setting is missing. */
  readonly queues: (connection: string) => QueueServiceClient;
  /** @throws Error in one sentence when the storage can't be reached. */
  readonly check: () => Promise<void>;
};

export const HOST_CONNECTION = "AzureWebJobsStorage";
const HOST_CONTAINER = "azure-webjobs-hosts";

// Few retries: the callers retry without limit and log each failure.
const CLIENT_OPTIONS = {
  retryOptions: { maxTries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1_000, tryTimeoutInMs: 10_000 },
};

/** Clients for the storage named in the settings. @throws Error in one sentence when that setting is of no use. */
export function connectStorage(env: Environment): HostStorage {
  const hostConnection = connectionString(HOST_CONNECTION, env);
  const blobs = fromConnection(HOST_CONNECTION, () =>
    BlobServiceClient.fromConnectionString(hostConnection, CLIENT_OPTIONS),
  );
  const hostBlobs = blobs.getContainerClient(HOST_CONTAINER);
  return {
    hostBlobs,
    queues: (connection) => {
      const text = connectionString(connection, env);
      return fromConnection(connection, () => QueueServiceClient.fromConnectionString(text, CLIENT_OPTIONS));
    },
    check: async () => {
      try {
        await hostBlobs.createIfNotExists();
      } catch (cause) {
        throw new Error(
          `The storage of ${HOST_CONNECTION} (${new URL(hostBlobs.url).origin}) can't be used: ${describeStorageError(cause)}`,
          { cause },
        );
      }
    },
  };
}

function connectionString(name: string, env: Environment): string {
  const value = env[name] ?? env[`AzureWebJobs${name}`];
  if (value !== undefined && value !== "") return value;
  const hasIdentityForm = Object.keys(env).some((key) => key.startsWith(`${name}__`));
  throw new Error(
    hasIdentityForm
      ? `This local host takes only a connection string in ${name}, not its ${name}__… forms.`
      : `The setting ${name} is missing: it has to be the connection string of the host's storage.`,
  );
}

function fromConnection<T>(name: string, connect: () => T): T {
  try {
    return connect();
  } catch {
    // The cause is left out on purpose: it could quote the connection string with its key.
    throw new Error(`The setting ${name} is not a storage connection string.`);
  }
}

/** A storage error in a few words: its code and status where the service answered, else the network's own code. */
export function describeStorageError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const status = storageStatus(error);
  return status === undefined ? code : `${code} (${status})`;
}

/** The HTTP status of a storage error; undefined when no answer came. */
export const storageStatus = (error: unknown): number | undefined =>
  error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;
