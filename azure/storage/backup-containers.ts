import type { BlobServiceClient, UserDelegationKey } from "@azure/storage-blob";
import { CallFailed } from "../../backup/call-failed.ts";
import type { BackupTarget, Deps } from "../../backup/deps.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import type { Secret } from "../../backup/secret.ts";
import type { Authentication } from "../../backup/settings.ts";
import { isSasRefused, mintSas } from "./container-sas.ts";
import { delegationKeys, outlives, sasValidity } from "./delegation-key.ts";
import { accountOf } from "./service-url.ts";
import { answerUnreadable, callStorage, type StorageCall } from "./storage-failure.ts";
import { remedyFor } from "./storage-remedy.ts";

const CONTENT_TYPE = "application/json";

export type BackupContainersOptions = {
  /** Of the account that receives the backups, with a token credential: an account key can't sign for a delegation key. */
  readonly service: BlobServiceClient;
  /** With `managedIdentity` no SAS is minted, and no delegation key asked for. */
  readonly authentication: Authentication;
  /** Milliseconds; means nothing without a SAS. */
  readonly sasLifetime: number;
  readonly now: () => Date;
  /** Milliseconds within which each verb ends. */
  readonly callTimeLimit?: number;
};

/** The dated containers that the HSMs write their backups to. Its verbs throw nothing but `CallFailed`. */
export function backupContainers({
  service,
  authentication,
  sasLifetime,
  now,
  callTimeLimit = INTERVALS.callTimeLimit,
}: BackupContainersOptions): Pick<Deps, "prepareTarget" | "countBlobs" | "writeBeside"> {
  const account = accountOf(service);
  const about = (operation: string, target: string): StorageCall => ({ operation, target, account, side: "backups" });
  const keys = delegationKeys((validity) => askForKey(service, validity, callTimeLimit));

  async function sign(
    container: string,
  ): Promise<{ readonly sas: Secret; readonly key: UserDelegationKey; readonly isNew: boolean }> {
    const validity = sasValidity(now(), sasLifetime);
    const { key, isNew } = await keys.keyFor(validity, now());
    if (!outlives(key, validity)) throw tooShort(service);
    return { sas: mintSas(container, account, validity, key), key, isNew };
  }

  return {
    prepareTarget: (container) =>
      callStorage(
        about("create the container", container),
        callTimeLimit,
        async (abortSignal): Promise<BackupTarget> => {
          const client = service.getContainerClient(container);
          // Without `access` a container is private.
          await client.createIfNotExists({ abortSignal });
          const containerUrl = client.url;
          if (authentication === "managedIdentity") return { authentication, containerUrl };
          const { sas, key, isNew } = await sign(container);
          if (isNew || !(await isSasRefused(containerUrl, sas, abortSignal)))
            return { authentication, containerUrl, sas };
          keys.forget(key);
          return { authentication, containerUrl, sas: (await sign(container)).sas };
        },
      ),

    countBlobs: (container, folder) =>
      callStorage(about("list the folder", container), callTimeLimit, async (abortSignal) => {
        const client = service.getContainerClient(container);
        let blobCount = 0;
        let bytes = 0;
        const blobs = client.listBlobsFlat({ prefix: `${folder}/`, includeMetadata: true, abortSignal });
        for await (const page of blobs.byPage()) {
          for (const { metadata, properties } of page.segment.blobItems) {
            // With a hierarchical namespace a listing has directories too: they prove no backup.
            if (metadata?.hdi_isfolder === "true") continue;
            // Whatever the listing says, the SDK calls it a number.
            const length: unknown = properties.contentLength;
            if (!isCount(length)) throw answerUnreadable(about("list the folder", container), "a blob has no length");
            blobCount += 1;
            bytes += length;
          }
        }
        return { blobCount, bytes };
      }),

    writeBeside: (container, name, json) =>
      callStorage(about("write beside the backup", container), callTimeLimit, async (abortSignal) => {
        const blob = service.getContainerClient(container).getBlockBlobClient(name);
        const blobHTTPHeaders = { blobContentType: CONTENT_TYPE };
        await blob.upload(json, Buffer.byteLength(json), { abortSignal, blobHTTPHeaders });
      }),
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function aboutKey(service: BlobServiceClient): StorageCall {
  const account = accountOf(service);
  return { operation: "ask for a user delegation key", target: account, account, side: "delegationKey" };
}

/** It has a time limit of its own: the call that asked may be over before others that wait for the same key. */
const askForKey = (
  service: BlobServiceClient,
  { startsOn, expiresOn }: { readonly startsOn: Date; readonly expiresOn: Date },
  callTimeLimit: number,
): Promise<UserDelegationKey> =>
  callStorage(aboutKey(service), callTimeLimit, (abortSignal) =>
    service.getUserDelegationKey(startsOn, expiresOn, { abortSignal }),
  );

function tooShort(service: BlobServiceClient): CallFailed {
  const { operation, target, account, side } = aboutKey(service);
  const refusal = { status: null, code: "DelegationKeyTooShort", said: "the key ends before the SAS would" };
  const remedy = remedyFor(refusal, { side, account, target });
  return new CallFailed({ operation, target, ...refusal, reason: "rejected", remedy });
}
