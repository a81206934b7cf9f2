import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { until } from "../../until.ts";
import { encode, isEmpty, poisoned } from "./queue-client.ts";
import { RETRY_SECONDS, useQueueWorld } from "./queue-world.ts";

const start = useQueueWorld();

test.concurrent("a message is worked on once, as an object when it is JSON and else as a text, with its metadata, and is deleted", async ({
  onTestFinished: onFinished,
}) => {
  const { host, queue } = await start({ onFinished });
  const sent = await queue.sendMessage(encode({ id: "one" }));
  await queue.sendMessage(encode("just a text"));

  const event = await host.event({ event: "began", id: "one" });
  expect(event).toMatchObject({
    messageId: sent.messageId,
    dequeueCount: 1,
    message: { id: "one" },
    queueTrigger: { id: "one" },
  });
  expect(event.popReceipt).toEqual(expect.any(String));
  expect(Date.parse(String(event.insertionTime))).toBe(sent.insertedOn.getTime());
  expect(Date.parse(String(event.expirationTime))).toBe(sent.expiresOn.getTime());
  expect(Date.parse(String(event.nextVisibleTime))).toBeGreaterThan(Date.now());
  await host.event({ event: "began", message: "just a text" });
  await until("both to be deleted", () => isEmpty(queue));
});

test.concurrent("a failed message is shown again after visibilityTimeout, and goes to the poison queue after maxDequeueCount", async ({
  onTestFinished: onFinished,
}) => {
  const { host, queue, poison } = await start({ onFinished });
  const message = encode({ id: "bad", act: "fail" });
  await queue.sendMessage(message);

  expect(await poisoned(poison)).toBe(message);
  await until("the original to be deleted", () => isEmpty(queue));
  const began = host.events().filter(({ event }) => event === "began");
  expect(began.map(({ dequeueCount }) => dequeueCount)).toEqual([1, 2, 3]);
  const times = began.map(({ at }) => Number(at));
  // Azurite counts visibility in whole seconds, so a retry may come up to one second early.
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(RETRY_SECONDS * 1_000);
});

test.concurrent("a message that isn't base64 goes to the poison queue unseen", async ({
  onTestFinished: onFinished,
}) => {
  const { host, queue, poison } = await start({ onFinished });
  await queue.sendMessage('{"id":"raw"}');
  expect(await poisoned(poison)).toBe('{"id":"raw"}');
  await until("the original to be deleted", () => isEmpty(queue));
  expect(host.events()).toEqual([]);
});

test.concurrent("a message with a delay is not seen before it is due", async ({ onTestFinished: onFinished }) => {
  const { host, queue } = await start({ onFinished });
  const sent = await queue.sendMessage(encode({ id: "later" }), { visibilityTimeout: 2 });
  await queue.sendMessage(encode({ id: "now" }));
  await host.event({ event: "began", id: "now" });
  const { at } = await host.event({ event: "began", id: "later" });
  expect(Number(at)).toBeGreaterThanOrEqual(sent.nextVisibleOn.getTime() - 1_000);
  expect(host.events()[0]).toMatchObject({ id: "now" });
});

test.concurrent("no more than a batch is worked on at once, and the next is fetched at newBatchThreshold", async ({
  onTestFinished: onFinished,
}) => {
  const { host, queue, gate } = await start({ onFinished });
  for (let id = 1; id <= 6; id++) await queue.sendMessage(encode({ id: `${id}`, act: "waitForFile", file: gate }));
  const began = () => host.events().filter(({ event }) => event === "began").length;
  await until("a batch to begin", () => began() >= 4);
  await writeFile(gate, "");
  await until("all to be done", () => isEmpty(queue));

  const order = host.events().map(({ event }) => event);
  const mostAtOnce = order.reduce(
    ({ running, most }, event) => {
      const now = running + (event === "began" ? 1 : -1);
      return { running: now, most: Math.max(most, now) };
    },
    { running: 0, most: 0 },
  ).most;
  expect(began()).toBe(6);
  // batchSize 4 and newBatchThreshold 0: the real host's bound is their sum.
  expect(mostAtOnce).toBeLessThanOrEqual(4);
});
