import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";
import type { Clock } from "./clock.ts";
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
  /** Undefined for a poison queue. */
  readonly poison: QueueClient | undefined;
  readonly options: QueueOptions;
  readonly leaseSeconds: number;
  readonly invoker: Invoker;
  readonly log: Log;
  readonly clock?: Clock;
};

const NOT_FOUND = 404;

export type AfterFailure =
  | { readonly action: "retry"; readonly afterSeconds: number }
  | { readonly action: "moveToPoison" }
  /** The message stays hidden until its lease ends. The WebJobs SDK does so in a poison queue, to prevent a fast loop. */
  | { readonly action: "leave" };

/** The next step for a message whose attempt failed. */
export function afterFailure(
  dequeueCount: number,
  { maxDequeueCount, visibilityTimeoutMs }: Pick<QueueOptions, "maxDequeueCount" | "visibilityTimeoutMs">,
  hasPoisonQueue: boolean,
): AfterFailure {
  if (!hasPoisonQueue) return { action: "leave" };
  if (dequeueCount >= maxDequeueCount) return { action: "moveToPoison" };
  return { action: "retry", afterSeconds: Math.ceil(visibilityTimeoutMs / 1_000) };
}

/**
 * Runs one attempt to process a message. Success deletes the message. A failure (of the function, or of the binding for a
 * message that is not UTF-8) makes it visible again after
 * `visibilityTimeout`; the last attempt moves it to `{queue}-poison`. After a failed storage call, which is logged, the
 * message becomes visible again when its lease ends.
 */
export async function workOnMessage(work: QueueWork, message: DequeuedMessageItem): Promise<void> {
  const { queue, poison, options, log } = work;
  const decoded = decodeMessage(message.messageText, options.messageEncoding);
  const isExhausted = message.dequeueCount > options.maxDequeueCount;
  try {
    if (decoded.outcome === "notBase64" || isExhausted) {
      const problem = isExhausted ? "exceeds maxDequeueCount" : "is not base64";
      log.host("error", `Message ${message.messageId} of ${queue.name} ${problem}.`);
      if (poison !== undefined) await moveToPoison(work, poison, message, message.popReceipt);
      return;
    }
    if (decoded.outcome === "notUtf8") {
      log.host("error", `Executed 'Functions.${work.fn.name}' (Failed): message ${message.messageId} is not UTF-8.`);
      return await endFailedAttempt(work, message, message.popReceipt);
    }
    const { text } = decoded;
    const lease = keepHidden(queue, message, work.leaseSeconds, log, work.clock);
    const outcome = await work.invoker.invoke(work.fn, {
      binding: work.trigger.binding,
      data: { string: text },
      triggerMetadata: triggerMetadata(message, text),
    });
    const popReceipt = await lease.stop();
    if (outcome.succeeded) await queue.deleteMessage(message.messageId, popReceipt);
    else await endFailedAttempt(work, message, popReceipt);
  } catch (error) {
    log.host(
      "warning",
      `Message ${message.messageId} of ${queue.name} stays in the queue: ${describeStorageError(error)}`,
    );
  }
}

async function endFailedAttempt(work: QueueWork, message: DequeuedMessageItem, popReceipt: string): Promise<void> {
  const { queue, poison, options } = work;
  const next = afterFailure(message.dequeueCount, options, poison !== undefined);
  if (next.action === "retry") await queue.updateMessage(message.messageId, popReceipt, undefined, next.afterSeconds);
  else if (next.action === "moveToPoison" && poison !== undefined)
    await moveToPoison(work, poison, message, popReceipt);
}

/** Writes the copy first: a host that is killed in between leaves two messages, not none. */
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

// The worker receives a time as the JSON of a .NET DateTimeOffset.
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
