import type { QueueClient } from "@azure/storage-queue";
import type { Deps } from "../../backup/deps.ts";
import { type FollowMessage, toMessageBody } from "../../backup/follow-message.ts";
import { DAY, SECOND } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import { refusalOf } from "../refusal.ts";
import { accountOf } from "./service-url.ts";
import { answerUnreadable, callStorage, type StorageCall } from "./storage-failure.ts";

// https://learn.microsoft.com/rest/api/storageservices/put-message
const LONGEST_DELAY_SECONDS = (7 * DAY) / SECOND;
const FOR_EVER = -1;

// Nobody can take back what is gone, what somebody received since (which changes its pop receipt), or what went with its queue.
const GONE: readonly string[] = ["MessageNotFound", "PopReceiptMismatch", "QueueNotFound"];

/** What the SDK gives of a message is what the answer had, which may be nothing. */
type Answered = { readonly messageId: unknown; readonly popReceipt: unknown };
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

type Times = { readonly visibilityTimeout: number; readonly messageTimeToLive: number };

/**
 * The queue of wake-ups. A message that the SDK sends again because the answer got lost is there twice: the second one is
 * a duplicate like any other. Each verb ends within `callTimeLimit` milliseconds and throws nothing but `CallFailed`.
 */
export function followQueue(
  queue: QueueClient,
  callTimeLimit: number = INTERVALS.callTimeLimit,
): Pick<Deps, "wakeLater" | "takeBack"> {
  const about = (operation: string): StorageCall => ({
    operation,
    target: queue.name,
    account: accountOf(queue),
    side: "queue",
  });
  return {
    wakeLater: (message, delay, lifetime) =>
      callStorage(about("send a wake-up"), callTimeLimit, async (abortSignal) => {
        const options = { ...timesOf(delay, lifetime), abortSignal };
        const { messageId, popReceipt }: Answered = await sendOrMakeQueue(queue, bodyOf(message), options);
        if (isText(messageId) && isText(popReceipt)) return { id: messageId, popReceipt };
        throw answerUnreadable(about("send a wake-up"), "the answer has no id or no pop receipt of the message");
      }),
    takeBack: ({ id, popReceipt }) =>
      callStorage(about("take a wake-up back"), callTimeLimit, async (abortSignal) => {
        try {
          await queue.deleteMessage(id, popReceipt, { abortSignal });
        } catch (thrown) {
          if (!GONE.includes(refusalOf(thrown).code)) throw thrown;
        }
      }),
  };
}

/** The host reads messages as base64. */
const bodyOf = (message: FollowMessage): string =>
  Buffer.from(JSON.stringify(toMessageBody(message))).toString("base64");

/** In whole seconds, as the service wants them. A message has to live longer than it is hidden. */
function timesOf(delay: number, lifetime: number | undefined): Times {
  const visibilityTimeout = Math.min(Math.max(0, Math.ceil(delay / SECOND)), LONGEST_DELAY_SECONDS);
  const messageTimeToLive =
    lifetime === undefined ? FOR_EVER : Math.max(Math.ceil(lifetime / SECOND), visibilityTimeout + 1);
  return { visibilityTimeout, messageTimeToLive };
}

async function sendOrMakeQueue(
  queue: QueueClient,
  body: string,
  options: Times & { readonly abortSignal: AbortSignal },
) {
  try {
    return await queue.sendMessage(body, options);
  } catch (thrown) {
    if (refusalOf(thrown).code !== "QueueNotFound") throw thrown;
    await queue.createIfNotExists({ abortSignal: options.abortSignal });
    return await queue.sendMessage(body, options);
  }
}
