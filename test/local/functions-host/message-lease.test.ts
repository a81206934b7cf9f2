import type { QueueClient } from "@azure/storage-queue";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { keepHidden } from "../../../local/functions-host/message-lease.ts";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { until } from "../../until.ts";
import { createManualClock } from "./manual-clock.ts";
import { encode } from "./queue-client.ts";
import { recordLog } from "./recorders.ts";
import { uniqueName } from "./running-host.ts";
import { openSwitch } from "./storage-switch.ts";

const HIDDEN_SECONDS = 600;
const HALF_MS = 300_000;

let azurite: HostAzurite;
beforeAll(async () => {
  azurite = await startHostAzurite();
});
afterAll(() => azurite.stop());

/** A message that was received, with the lease that keeps it hidden. */
async function receive() {
  const storage = await openSwitch(azurite);
  onTestFinished(storage.close);
  const queue: QueueClient = storage.queues.getQueueClient(uniqueName());
  await queue.create();
  await queue.sendMessage(encode("message"));
  const [message] = (await queue.receiveMessages({ visibilityTimeout: HIDDEN_SECONDS })).receivedMessageItems;
  if (message === undefined) throw new Error("The queue gave no message.");
  const clock = createManualClock();
  const { log, lines } = recordLog();
  const lease = keepHidden(queue, message, HIDDEN_SECONDS, log, clock);
  onTestFinished(async () => {
    await lease.stop();
  });
  return { queue, message, lease, clock, lines, storage };
}

test("a message is hidden again after half of its time, as often as needed, and its last pop receipt is the valid one", async () => {
  const { queue, message, lease, clock, lines } = await receive();
  for (let renewal = 0; renewal < 3; renewal++) {
    expect(await clock.nextPause()).toBe(HALF_MS);
    clock.advance(HALF_MS);
  }
  await clock.nextPause();
  await expect(queue.deleteMessage(message.messageId, message.popReceipt)).rejects.toMatchObject({ statusCode: 400 });
  await queue.deleteMessage(message.messageId, await lease.stop());
  expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
  expect(lines).toEqual([]);
});

test("a renewal that gets no answer is retried after a second", async () => {
  const { message, clock, lines, storage } = await receive();
  await clock.nextPause();
  storage.turnOff();
  clock.advance(HALF_MS);
  expect(await clock.nextPause()).toBe(1_000);
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`^warning host Message ${message.messageId} could not be kept hidden: [A-Z_]+$`)),
  ]);
  storage.turnOn();
  clock.advance(1_000);
  expect(await clock.nextPause()).toBe(HALF_MS);
});

test("the lease of a deleted message is not renewed again", async () => {
  const { queue, message, lease, clock, lines } = await receive();
  await clock.nextPause();
  await queue.deleteMessage(message.messageId, message.popReceipt);
  clock.advance(HALF_MS);
  await until("the failed renewal", () => lines.length === 1);
  clock.advance(HALF_MS);
  expect(await lease.stop()).toBe(message.popReceipt);
  expect(lines).toEqual([expect.stringContaining("could not be kept hidden: MessageNotFound (404)")]);
});
