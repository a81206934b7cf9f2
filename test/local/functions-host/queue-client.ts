import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import type { HostAzurite } from "../../azurite.ts";
import { until } from "../../until.ts";

export const queuesOf = (storage: HostAzurite): QueueServiceClient =>
  QueueServiceClient.fromConnectionString(storage.connectionString);

/** A message as the Functions host expects it: base64. */
export const encode = (message: unknown): string =>
  Buffer.from(typeof message === "string" ? message : JSON.stringify(message)).toString("base64");

/** Counts hidden messages too. */
export const isEmpty = async (queue: QueueClient): Promise<boolean> =>
  (await queue.getProperties()).approximateMessagesCount === 0;

/** Waits for the first message in a poison queue. @returns its text */
export async function poisoned(poison: QueueClient): Promise<string> {
  return until("the poison message", async () =>
    (await poison.exists()) ? (await poison.peekMessages()).peekedMessageItems[0]?.messageText : undefined,
  );
}
