import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readHostStorage } from "../../../azure/storage/host-storage.ts";
import { followQueue, ledgerBlobs } from "../../../azure/storage/ledger.ts";
import { ledgerClients } from "../../../azure/storage/storage-clients.ts";
import { after, HOUR, SECOND } from "../../../backup/model/instant.ts";
import { startHostAzurite } from "../../azurite.ts";
import { errorOfCall } from "../../contract/failed-call.ts";
import { followQueueContract } from "../../contract/follow-queue.contract.ts";
import { ledgerBlobsContract } from "../../contract/ledger-blobs.contract.ts";

const LIMIT = 30 * SECOND;

let azurite: Awaited<ReturnType<typeof startHostAzurite>>;
beforeAll(async () => {
  azurite = await startHostAzurite();
});
afterAll(() => azurite.stop());

let made = 0;

ledgerBlobsContract("Azurite", async () => {
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const container = service.getContainerClient(`ledger-${++made}`);
  await container.create();
  return {
    ledger: ledgerBlobs(container, LIMIT),
    deleteBlob: async (name) => void (await container.deleteBlob(name)),
    deleteContainer: async () => void (await container.delete()),
  };
});

followQueueContract("Azurite", async () => {
  const service = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const queue = service.getQueueClient(`follow-${++made}`);
  await queue.create();
  const now = () => new Date();
  return {
    queue: followQueue(queue, now, LIMIT),
    now,
    look: async () => {
      const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
      return peekedMessageItems.map(({ messageText }) => ({ body: bodyOf(messageText) }));
    },
    deleteQueue: async () => void (await queue.delete()),
  };
});

test("the app never makes the ledger's container, and says which command does", async () => {
  const { ledger } = clients();
  const error = await errorOfCall(ledgerBlobs(ledger, LIMIT).readBlob("hsms/contoso.json"));
  expect(error.failure).toMatchObject({ reason: "ledgerMissing", target: "backup-runs", code: "ContainerNotFound" });
  expect(error.message).toContain(
    "az storage container create --name backup-runs --account-name devstoreaccount1 --auth-mode login",
  );
  expect(await ledger.exists()).toBe(false);
});

test("the blobs of the ledger are JSON, and private", async () => {
  const { ledger } = clients();
  await ledger.create();
  await ledgerBlobs(ledger, LIMIT).writeBlob({ name: "hsms/contoso.json", body: "{}", onlyIf: "absent" });
  const properties = await ledger.getBlobClient("hsms/contoso.json").getProperties();
  expect(properties.contentType).toBe("application/json");
  expect((await ledger.getProperties()).blobPublicAccess).toBeUndefined();
});

test("a message lives until its end, in whole seconds", async () => {
  const { queue } = clients();
  const now = new Date();
  const message = { schemaVersion: 1, hsm: "contoso", run: "20261123T020000Z-m-aaaaaaaa", seq: 0 };
  await followQueue(queue, () => now, LIMIT).sendMessage(message, after(now, -1), after(now, HOUR));
  const { peekedMessageItems } = await queue.peekMessages();
  const lives = (peekedMessageItems[0]?.expiresOn.getTime() ?? 0) - (peekedMessageItems[0]?.insertedOn.getTime() ?? 0);
  expect(lives).toBe(HOUR);
});

function clients() {
  const read = readHostStorage({ AzureWebJobsStorage: azurite.connectionString });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  const noIdentity = () => {
    throw new Error("A connection string needs no identity.");
  };
  const { container: ledger, queue } = ledgerClients(read.host, "backup-runs", noIdentity, LIMIT);
  return { ledger, queue };
}

const bodyOf = (text: string): unknown => JSON.parse(Buffer.from(text, "base64").toString());
