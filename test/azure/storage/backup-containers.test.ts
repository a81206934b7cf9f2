import { inspect } from "node:util";
import { isRestError } from "@azure/core-rest-pipeline";
import {
  AnonymousCredential,
  BlobServiceClient,
  type BlockBlobClient,
  ContainerClient,
  type StoragePipelineOptions,
} from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { heldTokens } from "../../../azure/identity/held-tokens.ts";
import { backupContainers } from "../../../azure/storage/backup-containers.ts";
import { backupService } from "../../../azure/storage/storage-clients.ts";
import { HOUR, MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { Authentication } from "../../../backup/model/settings.ts";
import type { BackupTarget } from "../../../backup/ports.ts";
import { type BackupAzurite, startBackupAzurite, startHostAzurite } from "../../azurite.ts";
import { backupContainersContract } from "../../contract/backup-containers.contract.ts";
import { errorOfCall, failureOfCall } from "../../contract/failed-call.ts";
import { sasOf } from "../../sas-target.ts";
import { credentialFor, STORAGE_RESOURCE } from "../../token-credential.ts";
import { makeTrustedCertificate, type TrustedCertificate } from "../../trusted-certificate.ts";

const SAS_LIFETIME = 25 * HOUR;
const LIMIT = 30 * SECOND;
const ONE_TRY: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };

let certificate: TrustedCertificate;
let azurite: BackupAzurite;
beforeAll(async () => {
  certificate = await makeTrustedCertificate();
  azurite = await startBackupAzurite(certificate);
});
afterAll(async () => {
  await azurite.stop();
  await certificate.remove();
});

const serviceOf = (): BlobServiceClient => backupService(azurite.storageUrl, credentialFor(STORAGE_RESOURCE), LIMIT);
const containersOf = (service = serviceOf(), now = () => new Date(), authentication: Authentication = "sas") =>
  backupContainers({ service, authentication, sasLifetime: SAS_LIFETIME, now, callTimeLimit: LIMIT });

/** A client with nothing but the SAS, as the HSM has it. */
const withSas = (target: BackupTarget, url = target.containerUrl): ContainerClient =>
  new ContainerClient(`${url}?${sasOf(target).reveal()}`, new AnonymousCredential(), ONE_TRY);

const write = (container: ContainerClient, name: string): Promise<unknown> =>
  container.getBlockBlobClient(name).upload("content", 7);

const refusal = async (call: Promise<unknown>): Promise<string> => {
  const thrown = await call.then(
    () => "no refusal",
    (error: unknown) => error,
  );
  return isRestError(thrown) ? `${thrown.statusCode} ${thrown.code}` : String(thrown);
};

backupContainersContract("Azurite", async (authentication) => ({
  containers: containersOf(serviceOf(), () => new Date(), authentication),
  storageUrl: azurite.storageUrl,
  put: async (containerUrl, name, bytes) => {
    const container = serviceOf().getContainerClient(containerUrl.split("/").at(-1) ?? "");
    await container.getBlockBlobClient(name).upload(bytes, bytes.byteLength);
  },
  read: async (container, name) => {
    const blob = serviceOf().getContainerClient(container).getBlockBlobClient(name);
    const text = (await blob.downloadToBuffer()).toString();
    return { text, contentType: (await blob.getProperties()).contentType ?? "" };
  },
  deleteContainer: async (container) => void (await serviceOf().deleteContainer(container)),
}));

describe("the SAS", () => {
  test("says crdw, https, one container, from 15 minutes back until its lifetime is over", async () => {
    const now = new Date("2026-11-23T02:00:00.000Z");
    const target = await containersOf(serviceOf(), () => now).prepareTarget("sas-says");
    const parts = new URLSearchParams(sasOf(target).reveal());
    expect([...(parts.get("sp") ?? "")].sort().join("")).toBe("cdrw");
    expect(parts.get("spr")).toBe("https");
    expect(parts.get("sr")).toBe("c");
    expect(Date.parse(parts.get("st") ?? "")).toBe(now.getTime() - 15 * MINUTE);
    expect(Date.parse(parts.get("se") ?? "")).toBe(now.getTime() + SAS_LIFETIME);
    // Signed by a delegation key that outlives it, not by an account key.
    expect(Date.parse(parts.get("ske") ?? "")).toBeGreaterThanOrEqual(Date.parse(parts.get("se") ?? ""));
    expect(parts.get("skoid")).not.toBeNull();
  });

  test("writes, reads and deletes in its container, and can't list it", async () => {
    const container = withSas(await containersOf().prepareTarget("sas-works"));
    const blob: BlockBlobClient = container.getBlockBlobClient("folder/blob");
    await blob.upload("content", 7);
    expect((await blob.downloadToBuffer()).toString()).toBe("content");
    await blob.delete();
    expect(await blob.exists()).toBe(false);
    expect(await refusal(container.listBlobsFlat().next())).toBe("403 AuthorizationPermissionMismatch");
  });

  test("is refused for any other container", async () => {
    const target = await containersOf().prepareTarget("sas-own");
    const other = await containersOf().prepareTarget("sas-other");
    expect(await refusal(write(withSas(target, other.containerUrl), "x"))).toMatch(/^403 /);
  });

  test("is refused over http, with the protocol as the reason", async () => {
    const target = await containersOf().prepareTarget("sas-http");
    // Another Azurite with the same account: it signs with the same key, and so knows the SAS.
    const plain = await startHostAzurite();
    try {
      const service = BlobServiceClient.fromConnectionString(plain.connectionString);
      await service.createContainer("sas-http");
      const container = withSas(target, service.getContainerClient("sas-http").url);
      expect(await refusal(write(container, "x"))).toBe("403 AuthorizationProtocolMismatch");
    } finally {
      await plain.stop();
    }
  });

  test("is refused when its time is over", async () => {
    const longAgo = () => new Date(Date.now() - SAS_LIFETIME - MINUTE);
    const target = await containersOf(serviceOf(), longAgo).prepareTarget("sas-over");
    expect(await refusal(write(withSas(target), "x"))).toMatch(/^403 /);
  });

  test("the container is closed to a request without one", async () => {
    const { containerUrl } = await containersOf().prepareTarget("sas-private");
    const anonymous = new ContainerClient(containerUrl, new AnonymousCredential(), ONE_TRY);
    expect(await refusal(anonymous.getBlobClient("x").download())).not.toBe("no refusal");
    const properties = await serviceOf().getContainerClient("sas-private").getProperties();
    expect(properties.blobPublicAccess).toBeUndefined();
  });
});

describe("the delegation key", () => {
  test("is requested for each SAS, and is valid exactly as long", async () => {
    const service = serviceOf();
    const ask = service.getUserDelegationKey.bind(service);
    const asked: Date[] = [];
    const now = new Date();
    service.getUserDelegationKey = (...[startsOn, expiresOn]: unknown[]) => {
      const window = [startsOn, expiresOn].map(
        (each) => new Date(String(each instanceof Date ? each.toISOString() : each)),
      );
      asked.push(...window);
      return ask(window[0] ?? now, window[1] ?? now);
    };
    const containers = containersOf(service, () => now);
    const targets = [await containers.prepareTarget("key-asked"), await containers.prepareTarget("key-asked")];
    for (const target of targets) await write(withSas(target), "x");
    const [start, end] = [now.getTime() - 15 * MINUTE, now.getTime() + SAS_LIFETIME];
    expect(asked.map((each) => each.getTime())).toEqual([start, end, start, end]);
  });
});

describe("where HSMs write with their own identity", () => {
  test("no delegation key is asked for, and the container is still made and counted", async () => {
    const service = serviceOf();
    service.getUserDelegationKey = () => Promise.reject(new Error("A delegation key was asked for."));
    const containers = containersOf(service, () => new Date(), "managedIdentity");
    const target = await containers.prepareTarget("identity-made");
    expect(target).toEqual({ authentication: "managedIdentity", containerUrl: `${azurite.storageUrl}/identity-made` });
    await write(serviceOf().getContainerClient("identity-made"), "folder/a");
    expect(await containers.countBlobs("identity-made", "folder")).toEqual({ blobCount: 1, bytes: 7 });
  });
});

describe("an account whose name the SDK doesn't find in its address", () => {
  test("gets a SAS that it takes, and is named in what fails", async () => {
    const service = serviceOf();
    // As it is with {account}.z00.blob.storage.azure.net.
    Object.defineProperty(service, "accountName", { value: "" });
    const target = await containersOf(service).prepareTarget("unnamed");
    await write(withSas(target), "a");
    const failure = await failureOfCall(containersOf(service).countBlobs("not-there", "folder"));
    expect(failure.remedy).toContain(new URL(azurite.storageUrl).pathname.slice(1));
  });
});

describe("what fails", () => {
  test("a token that the account doesn't take is denied, and is in no error", async () => {
    const token = "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJodHRwczovL2VsZXdoZXJlIn0.c2lnbmF0dXJlLW9mLWEtdG9rZW4";
    const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + HOUR }) };
    const containers = containersOf(backupService(azurite.storageUrl, credential, LIMIT));
    for (const call of [
      containers.prepareTarget("denied"),
      containers.countBlobs("denied", "x"),
      containers.writeManifest("denied", "x.json", "{}"),
    ]) {
      const error = await errorOfCall(call);
      expect(error.failure).toMatchObject({ reason: "denied", target: "denied" });
      expect(shown(error)).not.toContain(token.slice(0, 20));
      expect(shown(error)).not.toContain("c2lnbmF0dXJl");
    }
  });

  test("an account that doesn't exist is reported with its setting", async () => {
    const nowhere = backupService("https://127.0.0.1:1/no-account", credentialFor(STORAGE_RESOURCE), LIMIT);
    const error = await errorOfCall(containersOf(nowhere).prepareTarget("nowhere"));
    expect(error.failure).toMatchObject({ reason: "noAnswer", status: null, code: "ECONNREFUSED" });
    expect(error.message).toContain("BACKUP_STORAGE_URL");
    expect(shown(error)).not.toMatch(/eyJ|Bearer/);
  });

  test("a credential that never answers fails the call at the time limit", async () => {
    const silent = heldTokens({ getToken: () => new Promise<never>(() => undefined) }, 50, () => new Date());
    const service = backupService(azurite.storageUrl, silent, LIMIT);
    const containers = backupContainers({
      service,
      authentication: "sas",
      sasLifetime: SAS_LIFETIME,
      now: () => new Date(),
      callTimeLimit: 100,
    });
    expect(await failureOfCall(containers.prepareTarget("silent"))).toMatchObject({ code: "TimedOut" });
  });
});

const shown = (error: unknown): string => inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
