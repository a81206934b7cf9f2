import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { ACCOUNT_NAME as ACCOUNT_FORM, GUID, parseServiceUrl } from "../../backup/model/names.ts";
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

/**
 * Reads the settings of the host's storage as the host itself does: a connection string, or an account or its services
 * with an identity. Every problem is reported at once, and never a secret.
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
  const isAccount = ACCOUNT_FORM.test(account);
  if (account !== "" && !isAccount) reject(ACCOUNT_NAME, "expected 3 to 24 lower-case letters and digits");
  const urlOf = (setting: string, service: "blob" | "queue"): string | undefined => {
    // Other clouds than the public one have to name their services.
    if (textOf(setting) === "" && account !== "")
      return isAccount ? `https://${account}.${service}.core.windows.net` : undefined;
    const read = parseServiceUrl(service, textOf(setting));
    return "problem" in read ? reject(setting, read.problem) : read.url;
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
  const problemOf = (problem: string) => ({ problems: [{ setting: NAME, problem }] });
  try {
    const clients = {
      blob: BlobServiceClient.fromConnectionString(text),
      queue: QueueServiceClient.fromConnectionString(text),
    };
    for (const kind of ["blob", "queue"] as const) {
      // The client's URL ends with the SAS, if the connection string has one.
      const read = parseServiceUrl(kind, clients[kind].url.replace(/\?.*/s, ""), "http:");
      if ("problem" in read) return problemOf(read.problem);
    }
    return { host: { by: "connectionString", connectionString: secret(text) } };
  } catch {
    // The SDK's message may quote it.
    return problemOf("expected the connection string of a storage account with blobs and queues, got another text");
  }
}
