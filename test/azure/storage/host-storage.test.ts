import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, expect, test } from "vitest";
import { followQueue } from "../../../azure/storage/follow-queue.ts";
import { ledgerBlobs } from "../../../azure/storage/ledger-blobs.ts";
import { hostStorage, readHostStorage } from "../../../azure/storage/storage-clients.ts";
import { startHostAzurite } from "../../azurite.ts";
import { errorOfCall } from "../../contract/failed-call.ts";
import { followQueueContract } from "../../contract/follow-queue.contract.ts";
import { ledgerBlobsContract } from "../../contract/ledger-blobs.contract.ts";

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
    ledger: ledgerBlobs(container),
    deleteBlob: async (name) => void (await container.deleteBlob(name)),
    deleteContainer: async () => void (await container.delete()),
  };
});

followQueueContract("Azurite", async () => {
  const service = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const queue = service.getQueueClient(`follow-${++made}`);
  await queue.create();
  return {
    queue: followQueue(queue),
    look: async () => {
      const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
      return peekedMessageItems.map(({ messageId, messageText, dequeueCount }) => ({
        id: messageId,
        body: bodyOf(messageText),
        dequeueCount,
      }));
    },
    receive: async () => {
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 60 });
      return receivedMessageItems.map(({ messageId, messageText, dequeueCount, popReceipt }) => ({
        id: messageId,
        body: bodyOf(messageText),
        dequeueCount,
        popReceipt,
      }));
    },
    deleteQueue: async () => void (await queue.delete()),
  };
});

test("the app never makes the ledger's container, and says which command does", async () => {
  const { ledger } = clients();
  const error = await errorOfCall(ledgerBlobs(ledger).readBlob("hsms/contoso.json"));
  expect(error.failure).toMatchObject({ reason: "ledgerMissing", target: "backup-runs", code: "ContainerNotFound" });
  expect(error.message).toContain(
    "az storage container create --name backup-runs --account-name devstoreaccount1 --auth-mode login",
  );
  expect(await ledger.exists()).toBe(false);
});

test("what is in the ledger is JSON to whoever looks at it", async () => {
  const { ledger } = clients();
  await ledger.create();
  await ledgerBlobs(ledger).writeBlob({ name: "hsms/contoso.json", body: "{}", onlyIf: "absent" });
  const properties = await ledger.getBlobClient("hsms/contoso.json").getProperties();
  expect(properties.contentType).toBe("application/json");
  expect((await ledger.getProperties()).blobPublicAccess).toBeUndefined();
});

test("a wake-up stays for ever where no lifetime is given", async () => {
  const { queue } = clients();
  await followQueue(queue).wakeLater({ hsm: "contoso", run: "20261123T020000Z-m-aaaaaaaa", seq: 0 }, 0);
  const { peekedMessageItems } = await queue.peekMessages();
  expect(peekedMessageItems[0]?.expiresOn.getUTCFullYear()).toBe(9999);
});

function clients() {
  const read = readHostStorage({ AzureWebJobsStorage: azurite.connectionString });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return hostStorage(read.settings, () => {
    throw new Error("A connection string needs no identity.");
  });
}

const bodyOf = (text: string): unknown => JSON.parse(Buffer.from(text, "base64").toString());
