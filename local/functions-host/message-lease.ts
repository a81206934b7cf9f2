import type { QueueClient } from "@azure/storage-queue";
import { describeStorageError, storageStatus } from "./host-storage.ts";
import type { Log } from "./log.ts";
import { pause } from "./retry.ts";

export type MessageLease = {
  /** Stops renewing and gives the pop receipt that is valid now. */
  readonly stop: () => Promise<string>;
};

const RETRY_PAUSE_MS = 1_000;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;

/** Keeps a message hidden while it is worked on: renewed at half of the time that it was hidden for, as the host does. */
export function keepHidden(
  queue: QueueClient,
  message: { readonly messageId: string; readonly popReceipt: string },
  hiddenSeconds: number,
  log: Log,
): MessageLease {
  const stopping = new AbortController();
  let popReceipt = message.popReceipt;

  const renew = async (): Promise<void> => {
    let pauseMs = (hiddenSeconds * 1_000) / 2;
    for (;;) {
      await pause(pauseMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        popReceipt =
          (await queue.updateMessage(message.messageId, popReceipt, undefined, hiddenSeconds)).popReceipt ?? popReceipt;
        pauseMs = (hiddenSeconds * 1_000) / 2;
      } catch (error) {
        const status = storageStatus(error) ?? SERVER_ERROR;
        log.host("warning", `Message ${message.messageId} could not be kept hidden: ${describeStorageError(error)}`);
        // The service refused: the message is gone, or another host has it. Anything else may pass.
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
