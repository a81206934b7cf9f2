import type { TokenCredential } from "@azure/core-auth";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { SECOND } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import type { Environment } from "../../backup/read-settings.ts";
import { type Secret, secret } from "../../backup/secret.ts";
import type { SettingProblem } from "../../backup/settings.ts";
import { isAccountName, publicServiceUrl, readServiceUrl } from "./service-url.ts";

/** The container of the ledger, which the app never creates. */
export const LEDGER_CONTAINER = "backup-runs";
/** The queue of wake-ups, which the trigger of functions/ listens to. */
export const FOLLOW_QUEUE = "backup-follow-ups";

/** The Functions host's own storage: where the ledger and the queue are. */
export type HostStorage = { readonly ledger: ContainerClient; readonly queue: QueueClient };

/** How the app gets at the host's storage. */
export type HostStorageSettings =
  | { readonly by: "connectionString"; readonly connectionString: Secret }
  | {
      readonly by: "identity";
      readonly blobServiceUrl: string;
      readonly queueServiceUrl: string;
      /** Of a user-assigned identity; undefined for the one that AZURE_CLIENT_ID or the platform gives. */
      readonly clientId: string | undefined;
    };

const STORAGE_SCOPE = "https://storage.azure.com/.default";

/**
 * Gives tokens for storage and nothing else. Where storage answers 401, the SDK asks for a token for whatever resource
 * that answer names, and sends it there: one for an HSM would leave for somebody who is no HSM.
 */
const forStorageOnly = (credential: TokenCredential): TokenCredential => ({
  async getToken(_scopes, options) {
    const given = await credential.getToken(STORAGE_SCOPE, options);
    // One that has ended is asked for again by each call, which then waits for it and hears of a failure. Of one that lives
    // the SDK makes its own renewal, whose failure ends the process (azure/held-tokens.ts).
    return given ? { token: given.token, expiresOnTimestamp: 0 } : null;
  },
});

const MAX_TRIES = 3;
const RETRY_DELAY = 0.4 * SECOND;
const LONGEST_RETRY_DELAY = 2 * SECOND;

/**
 * Few tries, so that all of them fit into a call's time limit where the service answers at all. `tryTimeoutInMs` only
 * tells the service how long it may take, in whole seconds, of which 0 would be refused; the limit itself is kept by
 * `withinLimit`.
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
export const backupService = (
  storageUrl: string,
  credential: TokenCredential,
  callTimeLimit: number = INTERVALS.callTimeLimit,
): BlobServiceClient => new BlobServiceClient(storageUrl, forStorageOnly(credential), clientOptions(callTimeLimit));

/** Clients of the ledger's container and of the queue. `credentialOf` is asked only where the settings want an identity. */
export function hostStorage(
  settings: HostStorageSettings,
  credentialOf: (clientId: string | undefined) => TokenCredential,
  callTimeLimit: number = INTERVALS.callTimeLimit,
): HostStorage {
  const options = clientOptions(callTimeLimit);
  const [blobs, queues] = servicesOf(settings, credentialOf, options);
  return { ledger: blobs.getContainerClient(LEDGER_CONTAINER), queue: queues.getQueueClient(FOLLOW_QUEUE) };
}

function servicesOf(
  settings: HostStorageSettings,
  credentialOf: (clientId: string | undefined) => TokenCredential,
  options: ReturnType<typeof clientOptions>,
): readonly [BlobServiceClient, QueueServiceClient] {
  if (settings.by === "connectionString") {
    const text = settings.connectionString.reveal();
    return [
      BlobServiceClient.fromConnectionString(text, options),
      QueueServiceClient.fromConnectionString(text, options),
    ];
  }
  const credential = forStorageOnly(credentialOf(settings.clientId));
  return [
    new BlobServiceClient(settings.blobServiceUrl, credential, options),
    new QueueServiceClient(settings.queueServiceUrl, credential, options),
  ];
}

const NAME = "AzureWebJobsStorage";
const ACCOUNT_NAME = `${NAME}__accountName`;
const BLOB_SERVICE = `${NAME}__blobServiceUri`;
const QUEUE_SERVICE = `${NAME}__queueServiceUri`;
const CREDENTIAL = `${NAME}__credential`;
const CLIENT_ID = `${NAME}__clientId`;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads how the host's storage is set, as the host itself reads it: a connection string, or an account or its services
 * with an identity. Every problem is told at once, and never a value.
 */
export function readHostStorage(
  env: Environment,
): { readonly settings: HostStorageSettings } | { readonly problems: readonly SettingProblem[] } {
  const textOf = (name: string): string => env[name]?.trim() ?? "";
  const connectionString = textOf(NAME);
  if (connectionString !== "") return readConnectionString(connectionString);

  const account = textOf(ACCOUNT_NAME);
  const problems: SettingProblem[] = [];
  const told = (setting: string, problem: string): undefined => void problems.push({ setting, problem });
  if (account === "" && textOf(BLOB_SERVICE) === "" && textOf(QUEUE_SERVICE) === "") {
    told(
      NAME,
      `expected a connection string, or ${ACCOUNT_NAME}, or ${BLOB_SERVICE} and ${QUEUE_SERVICE}; got nothing`,
    );
    return { problems };
  }
  if (account !== "" && !isAccountName(account)) told(ACCOUNT_NAME, "expected 3 to 24 lower-case letters and digits");
  const urlOf = (setting: string, service: "blob" | "queue"): string | undefined => {
    const uri = textOf(setting);
    if (uri === "" && account !== "") return publicServiceUrl(account, service);
    const url = readServiceUrl(uri);
    return url ?? told(setting, `expected the address of the ${service} service, https and with no query`);
  };
  const blobServiceUrl = urlOf(BLOB_SERVICE, "blob");
  const queueServiceUrl = urlOf(QUEUE_SERVICE, "queue");
  const credential = textOf(CREDENTIAL).toLowerCase();
  if (credential !== "" && credential !== "managedidentity") {
    told(CREDENTIAL, "expected managedidentity or nothing: a managed identity is the only one that this app knows");
  }
  const clientId = textOf(CLIENT_ID);
  if (clientId !== "" && !GUID.test(clientId)) told(CLIENT_ID, "expected the client id of an identity, a GUID");
  if (problems.length > 0 || !blobServiceUrl || !queueServiceUrl) return { problems };
  return { settings: { by: "identity", blobServiceUrl, queueServiceUrl, clientId: clientId || undefined } };
}

function readConnectionString(text: string): ReturnType<typeof readHostStorage> {
  try {
    BlobServiceClient.fromConnectionString(text);
    QueueServiceClient.fromConnectionString(text);
    return { settings: { by: "connectionString", connectionString: secret(text) } };
  } catch {
    // What the SDK says of it may quote it.
    const problem = "expected the connection string of a storage account with blobs and queues, got another text";
    return { problems: [{ setting: NAME, problem }] };
  }
}
