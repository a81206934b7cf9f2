import type { DequeuedMessageItem, QueueServiceClient } from "@azure/storage-queue";
import { systemClock } from "./clock.ts";
import { describeStorageError, storageStatus } from "./host-storage.ts";
import type { Listener } from "./listener.ts";
import { type QueueWork, workOnMessage } from "./queue-message.ts";

export type QueueListenerOptions = Omit<QueueWork, "queue" | "poison"> & {
  readonly queues: QueueServiceClient;
  /** The longest pause between two polls of an empty queue. */
  readonly pollCeilingMs: number;
};

/** The shortest pause between two polls, and the first after a message. */
const POLL_FLOOR_MS = 100;
/** The pauses vary by this share, so that several listeners do not poll at the same time. */
const JITTER = 0.2;
const NOT_FOUND = 404;
const POISON = "-poison";

/**
 * Polls a queue until it is stopped. A queue that does not exist is empty: like a real host, this one leaves its creation to
 * the sender. While the storage is unavailable, it logs that and retries.
 */
export function listenToQueue(options: QueueListenerOptions): Listener {
  const { trigger, queues, log, clock = systemClock } = options;
  const queue = queues.getQueueClient(trigger.queueName);
  const poison = trigger.queueName.endsWith(POISON)
    ? undefined
    : queues.getQueueClient(`${trigger.queueName}${POISON}`);
  const work: QueueWork = { ...options, queue, poison };
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  const receive = async (): Promise<readonly DequeuedMessageItem[]> => {
    try {
      const batch = { numberOfMessages: options.options.batchSize, visibilityTimeout: options.leaseSeconds };
      return (await queue.receiveMessages(batch)).receivedMessageItems;
    } catch (error) {
      if (storageStatus(error) !== NOT_FOUND)
        log.host("warning", `The queue ${queue.name} could not be read: ${describeStorageError(error)}`);
      return [];
    }
  };

  const poll = async (): Promise<void> => {
    let pauseMs = POLL_FLOOR_MS;
    while (!stopping.signal.aborted) {
      // Messages received during the stop are processed too: they are hidden from other hosts until their lease ends.
      const messages = await receive();
      for (const message of messages) {
        const attempt = workOnMessage(work, message).finally(() => running.delete(attempt));
        running.add(attempt);
      }
      while (running.size > options.options.newBatchThreshold && !stopping.signal.aborted) await Promise.race(running);
      pauseMs = messages.length > 0 ? POLL_FLOOR_MS : Math.min(pauseMs * 2, options.pollCeilingMs);
      await clock.pause(spread(pauseMs), stopping.signal);
    }
  };
  const polling = poll();

  return {
    stop: async () => {
      stopping.abort();
      await polling;
      await Promise.all(running);
    },
  };
}

const spread = (milliseconds: number): number => milliseconds * (1 - JITTER * Math.random());
