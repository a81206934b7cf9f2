import type { QueueClient } from "@azure/storage-queue";
import { type Clock, systemClock } from "./clock.ts";
import { describeStorageError, storageStatus } from "./host-storage.ts";
import type { Log } from "./log.ts";

export type MessageLease = {
  /** Stops renewing and returns the current pop receipt. */
  readonly stop: () => Promise<string>;
};

const RETRY_PAUSE_MS = 1_000;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;

/** Keeps a message hidden while it is processed: the lease is renewed after half its length, as on a real host. */
export function keepHidden(
  queue: QueueClient,
  message: { readonly messageId: string; readonly popReceipt: string },
  hiddenSeconds: number,
  log: Log,
  clock: Clock = systemClock,
): MessageLease {
  const stopping = new AbortController();
  let popReceipt = message.popReceipt;

  const renew = async (): Promise<void> => {
    let pauseMs = (hiddenSeconds * 1_000) / 2;
    for (;;) {
      await clock.pause(pauseMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        popReceipt =
          (await queue.updateMessage(message.messageId, popReceipt, undefined, hiddenSeconds)).popReceipt ?? popReceipt;
        pauseMs = (hiddenSeconds * 1_000) / 2;
      } catch (error) {
        const status = storageStatus(error) ?? SERVER_ERROR;
        log.host("warning", `Message ${message.messageId} could not be kept hidden: ${describeStorageError(error)}`);
        // The message is deleted, or another host has it. Any other failure may be transient.
        if (status >= CLIENT_ERROR && status < SERVER_ERROR) return;
        pauseMs = RETRY_PAUSE_MS;
      }
    }
  };
  const renewing = renew();

  return {
    stop: async () => {
      stopping.abort();
      await renewing;
      return popReceipt;
    },
  };
}
