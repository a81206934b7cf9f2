import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostStorage, startHostStorage } from "../../local/azurite.ts";
import { readBlob } from "../read-blob.ts";
import { durable } from "./durable-storage.ts";

const never = new AbortController().signal;
const KILLS = 2;
const WRITES = 40;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "durable-"));
});
afterAll(() => rm(folder, { recursive: true }));

const ledgerOf = ({ connectionString }: HostStorage): ContainerClient =>
  BlobServiceClient.fromConnectionString(connectionString).getContainerClient("ledger");
const queueOf = ({ connectionString }: HostStorage) =>
  QueueServiceClient.fromConnectionString(connectionString).getQueueClient("messages");

test("what was answered just before a SIGKILL is there after the next start, after any number of kills", async () => {
  const options = durable(folder, process.env);
  let storage = await startHostStorage(options, never);
  await ledgerOf(storage).create();
  await queueOf(storage).create();
  const expected = new Map<string, string>();
  let etag: string | undefined;
  for (let kill = 1; kill <= KILLS; kill++) {
    const write = async (index: number): Promise<void> => {
      const text = `after kill ${kill}: ${"x".repeat(index)}`;
      expected.set(`blob-${index}`, text);
      const written = await ledgerOf(storage).getBlockBlobClient(`blob-${index}`).upload(text, text.length);
      if (index === 0) etag = written.etag;
    };
    await Promise.all(Array.from({ length: WRITES }, (_, index) => write(index)));
    await queueOf(storage).sendMessage(`after kill ${kill}`, { visibilityTimeout: 0 });
    await storage.stop();
    storage = await startHostStorage(options, never);
  }
  for (const [name, text] of expected) expect(await readBlob(ledgerOf(storage).getBlobClient(name))).toBe(text);
  expect((await ledgerOf(storage).getBlobClient("blob-0").getProperties()).etag).toContain(etag?.replaceAll('"', ""));
  const { receivedMessageItems } = await queueOf(storage).receiveMessages({ numberOfMessages: 32 });
  expect(receivedMessageItems.map(({ messageText }) => messageText)).toEqual([1, 2].map((n) => `after kill ${n}`));
  await storage.stop();
}, 60_000);
