import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";
import type { RegisteredFunction } from "./core-module.ts";
import type { QueueOptions } from "./host-json.ts";
import { describeStorageError, storageStatus } from "./host-storage.ts";
import type { Invoker } from "./invoke.ts";
import type { Log } from "./log.ts";
import { keepHidden } from "./message-lease.ts";
import { decodeMessage } from "./queue-encoding.ts";
import type { TypedData } from "./rpc.ts";
import type { QueueTrigger } from "./triggers.ts";

export type QueueWork = {
  readonly fn: RegisteredFunction;
  readonly trigger: QueueTrigger;
  readonly queue: QueueClient;
  /** Undefined for a poison queue: it has none of its own. */
  readonly poison: QueueClient | undefined;
  readonly options: QueueOptions;
  readonly leaseSeconds: number;
  readonly invoker: Invoker;
  readonly log: Log;
};

const NOT_FOUND = 404;

/**
 * Takes one message through its attempt: success deletes it, a failure shows it again after `visibilityTimeout`, and the
 * last attempt moves it to `{queue}-poison`. A storage call that fails is logged; the message comes again by itself.
 */
export async function workOnMessage(work: QueueWork, message: DequeuedMessageItem): Promise<void> {
  const { queue, options, log } = work;
  const text = decodeMessage(message.messageText, options.messageEncoding);
  const isExhausted = message.dequeueCount > options.maxDequeueCount;
  try {
    if (text === undefined || isExhausted) {
      log.host(
        "error",
        `Message ${message.messageId} of ${queue.name} ${isExhausted ? "was tried too often" : "is not base64"}.`,
      );
      return await giveUp(work, message, message.popReceipt);
    }
    const lease = keepHidden(queue, message, work.leaseSeconds, log);
    const outcome = await work.invoker.invoke(work.fn, {
      binding: work.trigger.binding,
      data: { string: text },
      triggerMetadata: triggerMetadata(message, text),
    });
    const popReceipt = await lease.stop();
    if (outcome.succeeded) await queue.deleteMessage(message.messageId, popReceipt);
    else if (message.dequeueCount >= options.maxDequeueCount) await giveUp(work, message, popReceipt);
    else if (work.poison !== undefined)
      await queue.updateMessage(
        message.messageId,
        popReceipt,
        undefined,
        Math.ceil(options.visibilityTimeoutMs / 1_000),
      );
  } catch (error) {
    log.host(
      "warning",
      `Message ${message.messageId} of ${queue.name} will come again: ${describeStorageError(error)}`,
    );
  }
}

/**
 * What can't be worked on goes to the poison queue. In a poison queue it stays hidden until its lease is over, and comes
 * again then: the WebJobs SDK does so, to keep a message that nobody can take from going round in a fast loop.
 */
async function giveUp(work: QueueWork, message: DequeuedMessageItem, popReceipt: string): Promise<void> {
  if (work.poison !== undefined) await moveToPoison(work, work.poison, message, popReceipt);
}

/** The copy goes first: whoever is killed in between leaves the message twice rather than not at all. */
async function moveToPoison(
  work: QueueWork,
  poison: QueueClient,
  message: DequeuedMessageItem,
  popReceipt: string,
): Promise<void> {
  try {
    await poison.sendMessage(message.messageText);
  } catch (error) {
    if (storageStatus(error) !== NOT_FOUND) throw error;
    await poison.createIfNotExists();
    await poison.sendMessage(message.messageText);
  }
  work.log.host("warning", `Message ${message.messageId} was moved to ${poison.name}.`);
  await work.queue.deleteMessage(message.messageId, popReceipt);
}

// A time reaches the worker as the JSON of a .NET DateTimeOffset.
const time = (value: Date): TypedData => ({ json: JSON.stringify(value.toISOString().replace("Z", "+00:00")) });

const triggerMetadata = (message: DequeuedMessageItem, text: string): Record<string, TypedData> => ({
  QueueTrigger: { string: text },
  Id: { string: message.messageId },
  DequeueCount: { int: message.dequeueCount },
  InsertionTime: time(message.insertedOn),
  ExpirationTime: time(message.expiresOn),
  NextVisibleTime: time(message.nextVisibleOn),
  PopReceipt: { string: message.popReceipt },
});
