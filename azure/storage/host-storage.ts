import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { GUID, isLoopback } from "../../backup/model/names.ts";
import { type Secret, secret } from "../../backup/model/secret.ts";
import type { SettingProblem } from "../../backup/model/settings.ts";
import type { Environment } from "../../backup/settings/read-settings.ts";

/** How the app connects to the Functions host's own storage, where ledger and queue are. */
export type HostStorage =
  | { readonly by: "connectionString"; readonly connectionString: Secret }
  | {
      readonly by: "identity";
      readonly blobServiceUrl: string;
      readonly queueServiceUrl: string;
      /** Of a user-assigned identity; undefined for the one of AZURE_CLIENT_ID or the platform. */
      readonly clientId: string | undefined;
    };

export type ReadHostStorage = { readonly host: HostStorage } | { readonly problems: readonly SettingProblem[] };

const NAME = "AzureWebJobsStorage";
const ACCOUNT_NAME = `${NAME}__accountName`;
const BLOB_SERVICE = `${NAME}__blobServiceUri`;
const QUEUE_SERVICE = `${NAME}__queueServiceUri`;
const CREDENTIAL = `${NAME}__credential`;
const CLIENT_ID = `${NAME}__clientId`;
const ACCOUNT = /^[a-z0-9]{3,24}$/;

/**
 * Reads the settings of the host's storage as the host itself does: a connection string, or an account or its services
 * with an identity. Every problem is reported at once, and never a value.
 */
export function readHostStorage(env: Environment): ReadHostStorage {
  const textOf = (name: string): string => env[name]?.trim() ?? "";
  const connectionString = textOf(NAME);
  if (connectionString !== "") return readConnectionString(connectionString);

  const account = textOf(ACCOUNT_NAME);
  const problems: SettingProblem[] = [];
  const reject = (setting: string, problem: string): undefined => void problems.push({ setting, problem });
  if (account === "" && textOf(BLOB_SERVICE) === "" && textOf(QUEUE_SERVICE) === "") {
    reject(
      NAME,
      `expected a connection string, or ${ACCOUNT_NAME}, or ${BLOB_SERVICE} and ${QUEUE_SERVICE}; got nothing`,
    );
    return { problems };
  }
  if (account !== "" && !ACCOUNT.test(account)) reject(ACCOUNT_NAME, "expected 3 to 24 lower-case letters and digits");
  const urlOf = (setting: string, service: "blob" | "queue"): string | undefined => {
    // Other clouds than the public one have to name their services.
    const text = textOf(setting) || (account === "" ? "" : `https://${account}.${service}.core.windows.net`);
    return (
      readServiceUrl(text) ?? reject(setting, `expected the URL of the ${service} service, https and with no query`)
    );
  };
  const blobServiceUrl = urlOf(BLOB_SERVICE, "blob");
  const queueServiceUrl = urlOf(QUEUE_SERVICE, "queue");
  if (!["", "managedidentity"].includes(textOf(CREDENTIAL).toLowerCase()))
    reject(CREDENTIAL, "expected managedidentity or nothing: the app supports no other credential");
  const clientId = textOf(CLIENT_ID);
  if (clientId !== "" && !GUID.test(clientId)) reject(CLIENT_ID, "expected the client id of an identity, a GUID");
  if (problems.length > 0 || !blobServiceUrl || !queueServiceUrl) return { problems };
  return { host: { by: "identity", blobServiceUrl, queueServiceUrl, clientId: clientId || undefined } };
}

function readConnectionString(text: string): ReadHostStorage {
  try {
    BlobServiceClient.fromConnectionString(text);
    QueueServiceClient.fromConnectionString(text);
    return { host: { by: "connectionString", connectionString: secret(text) } };
  } catch {
    // The SDK's message may quote it.
    const problem = "expected the connection string of a storage account with blobs and queues, got another text";
    return { problems: [{ setting: NAME, problem }] };
  }
}

/**
 * The URL of a storage service with no slash at the end; undefined unless it is https, or http on loopback, where emulators
 * are and have the account in the path. Nothing else may follow the host: it could be a SAS.
 */
function readServiceUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || `${url.search}${url.hash}${url.username}${url.password}` !== "") return undefined;
  const path = url.pathname.replace(/\/+$/, "");
  const isPathRight = path === "" || (isLoopback(url) && ACCOUNT.test(path.slice(1)));
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
  return isSafe && isPathRight ? `${url.origin}${path}` : undefined;
}
