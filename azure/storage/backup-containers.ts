import {
  type BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
} from "@azure/storage-blob";
import { MINUTE, millis } from "../../backup/model/instant.ts";
import { type Secret, secret } from "../../backup/model/secret.ts";
import type { Authentication } from "../../backup/model/settings.ts";
import type { BackupTarget, CountedBlobs, Ports } from "../../backup/ports.ts";
import { accountOf, callStorage, listPage, type StorageCall } from "./storage-call.ts";

/** What Managed HSM needs to write a backup: create, read, delete, write. Not list: the app lists the folder itself. */
const PERMISSIONS = "crdw";
/** As many blobs as the service lists at once. */
const LARGEST_PAGE = 5_000;
/** A SAS starts that long in the past, and so does its key: clocks differ. */
const CLOCK_SKEW = 15 * MINUTE;

export type BackupContainersOptions = {
  /** Of the account that receives the backups, with a token credential: an account key can't ask for a delegation key. */
  readonly service: BlobServiceClient;
  /** With `managedIdentity` no SAS is minted, and no delegation key is asked for. */
  readonly authentication: Authentication;
  /** In milliseconds; not used without a SAS. */
  readonly sasLifetime: number;
  readonly now: () => Date;
  /** Milliseconds within which each call ends; of a listing, each page. */
  readonly callTimeLimit: number;
};

/** The dated containers that HSMs write their backups to. Its verbs throw nothing but `CallFailed`. */
export function backupContainers(
  options: BackupContainersOptions,
): Pick<Ports, "prepareTarget" | "countBlobs" | "writeManifest"> {
  const { service, authentication, callTimeLimit } = options;
  const account = accountOf(service);
  const call = <T>(operation: string, target: string, made: (abortSignal: AbortSignal) => Promise<T>): Promise<T> =>
    callStorage({ operation, target, account, side: "backups" }, callTimeLimit, made);

  return {
    async prepareTarget(container): Promise<BackupTarget> {
      const client = service.getContainerClient(container);
      // Without `access` a container is private.
      await call("create the container", container, (abortSignal) => client.createIfNotExists({ abortSignal }));
      const containerUrl = client.url;
      if (authentication === "managedIdentity") return { authentication, containerUrl };
      return { authentication, containerUrl, sas: await mintSas(options, container, account) };
    },

    async countBlobs(container, folder): Promise<CountedBlobs> {
      const client = service.getContainerClient(container);
      const counted = { blobCount: 0, bytes: 0 };
      let marker: string | undefined;
      do {
        marker = await call("list the folder", container, async (abortSignal) => {
          const page = await listPage(client, { prefix: `${folder}/`, marker, limit: LARGEST_PAGE, abortSignal });
          // A hierarchical namespace lists directories too: they prove no backup.
          const blobs = page.blobs.filter(({ metadata }) => metadata?.hdi_isfolder !== "true");
          for (const { properties } of blobs) counted.bytes += properties.contentLength ?? 0;
          counted.blobCount += blobs.length;
          return page.marker;
        });
      } while (marker !== undefined);
      return counted;
    },

    async writeManifest(container, name, json) {
      const blob = service.getContainerClient(container).getBlockBlobClient(name);
      const blobHTTPHeaders = { blobContentType: "application/json" };
      await call("write the manifest", container, (abortSignal) =>
        blob.upload(json, Buffer.byteLength(json), { abortSignal, blobHTTPHeaders }),
      );
    },
  };
}

/** Signs a SAS for one container, https only, with no `?` in front, by a user delegation key of the same lifetime. */
async function mintSas(options: BackupContainersOptions, containerName: string, account: string): Promise<Secret> {
  const { service, sasLifetime, now, callTimeLimit } = options;
  const time = millis(now());
  const startsOn = new Date(time - CLOCK_SKEW);
  const expiresOn = new Date(time + sasLifetime);
  const about: StorageCall = {
    operation: "get a user delegation key",
    target: account,
    account,
    side: "delegationKey",
  };
  return callStorage(about, callTimeLimit, async (abortSignal) => {
    const key = await service.getUserDelegationKey(startsOn, expiresOn, { abortSignal });
    const permissions = ContainerSASPermissions.parse(PERMISSIONS);
    const wanted = { containerName, permissions, protocol: SASProtocol.Https, startsOn, expiresOn };
    return secret(generateBlobSASQueryParameters(wanted, key, account).toString());
  });
}
