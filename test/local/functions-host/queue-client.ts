import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import type { HostAzurite } from "../../azurite.ts";
import { until } from "../../until.ts";

/** The queue of that name on an Azurite. */
export const clientOf = (storage: HostAzurite, name: string): QueueClient =>
  QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient(name);

/** As the Functions host wants messages: base64. */
export const encode = (message: unknown): string =>
  Buffer.from(typeof message === "string" ? message : JSON.stringify(message)).toString("base64");

/** Counts hidden messages too. */
export const isEmpty = async (queue: QueueClient): Promise<boolean> =>
  (await queue.getProperties()).approximateMessagesCount === 0;

/** The text of the first message in a poison queue, waited for. */
export async function poisoned(poison: QueueClient): Promise<string> {
  return until("the poison message", async () =>
    (await poison.exists()) ? (await poison.peekMessages()).peekedMessageItems[0]?.messageText : undefined,
  );
}
