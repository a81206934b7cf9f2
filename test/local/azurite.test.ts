import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { TokenCredential } from "@azure/core-auth";
import { BlobServiceClient, ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeAccessToken } from "../../local/access-token.ts";
import { type BackupStorage, type HostStorage, startBackupStorage, startHostStorage } from "../../local/azurite.ts";
import { type Certificate, makeCertificate } from "../../local/certificate.ts";
import { makeSas } from "../container-sas.ts";
import { isAlive } from "../processes.ts";

const never = new AbortController().signal;

const credentialFor = (resource: string): TokenCredential => ({
  getToken: async () => {
    const ids = { tenantId: "11111111-2222-3333-4444-555555555555", principalId: "someone" };
    const made = makeAccessToken({ resource, ...ids, lifetimeSeconds: 600, now: new Date() });
    return { token: made.token, expiresOnTimestamp: made.expiresOn.getTime() };
  },
});

describe("the two Azurites", () => {
  const trusted = getCACertificates("default");
  let folder: string;
  let certificate: Certificate;
  let host: HostStorage;
  let backups: BackupStorage;
  let blobs: BlobServiceClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "azurite-"));
    certificate = await makeCertificate(folder, new Date());
    setDefaultCACertificates([...trusted, certificate.pem]);
    const environment = process.env;
    [host, backups] = await Promise.all([
      startHostStorage({ folder: join(folder, "host"), environment }, never),
      startBackupStorage({ folder: join(folder, "backups"), environment, certificate }, never),
    ]);
    blobs = new BlobServiceClient(backups.url, credentialFor("https://storage.azure.com"));
  });

  afterAll(async () => {
    await Promise.all([host.stop(), backups.stop()]);
    expect([host.pid, backups.pid].filter(isAlive)).toEqual([]);
    setDefaultCACertificates(trusted);
    await rm(folder, { recursive: true });
  });

  it("keep what is written with a token over HTTPS", async () => {
    const container = blobs.getContainerClient("written-with-token");
    await container.create();
    await container.getBlockBlobClient("folder/blob").upload("content", 7);
    const listed: string[] = [];
    for await (const { name } of container.listBlobsFlat()) listed.push(name);
    expect(listed).toEqual(["folder/blob"]);
  });

  it("refuse a token that is meant for another service", async () => {
    const strange = new BlobServiceClient(backups.url, credentialFor("https://managedhsm.azure.net"));
    await expect(strange.getContainerClient("refused").create()).rejects.toMatchObject({ statusCode: 403 });
  });

  it("take a user-delegation SAS for its own container, and for no other", async () => {
    const [own, other] = await Promise.all(
      ["of-the-sas", "of-another"].map(async (name) => {
        const container = blobs.getContainerClient(name);
        await container.create();
        return container;
      }),
    );
    if (own === undefined) throw new Error("There is no container.");
    const sas = await makeSas(blobs, own);

    const upload = (container: ContainerClient | undefined) =>
      new ContainerClient(`${container?.url}?${sas}`).getBlockBlobClient("blob").upload("content", 7);
    await upload(own);
    expect(await own?.getBlobClient("blob").exists()).toBe(true);
    await expect(upload(other)).rejects.toMatchObject({ statusCode: 403 });
  });

  it("give the Functions host blobs and queues by its connection string", async () => {
    await BlobServiceClient.fromConnectionString(host.connectionString).createContainer("of-the-host");
    const queue = QueueServiceClient.fromConnectionString(host.connectionString).getQueueClient("of-the-host");
    await queue.create();
    await queue.sendMessage("hello");
    expect((await queue.receiveMessages()).receivedMessageItems.map(({ messageText }) => messageText)).toEqual([
      "hello",
    ]);
  });

  it("know neither the well-known account of emulators nor its key", async () => {
    const { url } = BlobServiceClient.fromConnectionString(host.connectionString);
    const name = new URL(url).pathname.slice(1).replace("/", "");
    const guessed = new StorageSharedKeyCredential(name, Buffer.alloc(64, 1).toString("base64"));
    const wellKnown = new URL("/devstoreaccount1", url).href;
    await expect(new BlobServiceClient(url, guessed).createContainer("refused")).rejects.toMatchObject({
      statusCode: 403,
    });
    await expect(new BlobServiceClient(wellKnown).createContainer("refused")).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it("say in one sentence that a port is in use", async () => {
    const blobPort = Number(new URL(backups.url).port);
    const second = { folder: join(folder, "second"), environment: process.env, certificate, blobPort };
    await expect(startBackupStorage(second, never)).rejects.toThrow(
      `Port ${blobPort} is in use, so Azurite for the backups can't listen on it: end what uses it, or choose another port.`,
    );
  });
});
