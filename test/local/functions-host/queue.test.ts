import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { QueueClient } from "@azure/storage-queue";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type AppFolder, bundleApp } from "./app-folder.ts";
import { type Azurite, startAzurite } from "./azurite.ts";
import { clientOf, encode, isEmpty, poisoned } from "./queue-client.ts";
import { type RunningHost, startHost, uniqueName } from "./running-host.ts";
import { until } from "./until.ts";

const RETRY_SECONDS = 1;
let azurite: Azurite;
let app: AppFolder;

beforeAll(async () => {
  const queues = {
    visibilityTimeout: `00:00:0${RETRY_SECONDS}`,
    maxDequeueCount: 3,
    batchSize: 4,
    newBatchThreshold: 0,
  };
  [azurite, app] = await Promise.all([startAzurite(), bundleApp("queue", { extensions: { queues } })]);
});
afterAll(async () => {
  await Promise.all([azurite.stop(), app.remove()]);
});

type Started = {
  readonly host: RunningHost;
  readonly queue: QueueClient;
  readonly poison: QueueClient;
  readonly name: string;
};

async function start(name = uniqueName(), flags: readonly string[] = []): Promise<Started> {
  const host = await startHost({ app: app.path, storage: azurite.connection, env: { TEST_QUEUE: name }, flags });
  const queue = clientOf(azurite, name);
  await until("the queue to be made", () => queue.exists());
  return { host, queue, poison: clientOf(azurite, `${name}-poison`), name };
}

test("a message is worked on once, as an object when it is JSON and else as a text, with its metadata, and is deleted", async () => {
  const { host, queue } = await start();
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

test("a failed message is shown again after visibilityTimeout, and goes to the poison queue after maxDequeueCount", async () => {
  const { host, queue, poison } = await start();
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

test("a message that isn't base64 goes to the poison queue unseen", async () => {
  const { host, queue, poison } = await start();
  await queue.sendMessage('{"id":"raw"}');
  expect(await poisoned(poison)).toBe('{"id":"raw"}');
  await until("the original to be deleted", () => isEmpty(queue));
  expect(host.events()).toEqual([]);
});

test("a message with a delay is not seen before it is due", async () => {
  const { host, queue } = await start();
  const sent = await queue.sendMessage(encode({ id: "later" }), { visibilityTimeout: 2 });
  await queue.sendMessage(encode({ id: "now" }));
  await host.event({ event: "began", id: "now" });
  const { at } = await host.event({ event: "began", id: "later" });
  expect(Number(at)).toBeGreaterThanOrEqual(sent.nextVisibleOn.getTime() - 1_000);
  expect(host.events()[0]).toMatchObject({ id: "now" });
});

test("no more than a batch is worked on at once, and the next is fetched at newBatchThreshold", async () => {
  const { host, queue, name } = await start();
  const file = join(app.path, `${name}.gate`);
  for (let id = 1; id <= 6; id++) await queue.sendMessage(encode({ id: `${id}`, act: "waitForFile", file }));
  const began = () => host.events().filter(({ event }) => event === "began").length;
  await until("a batch to begin", () => began() >= 4);
  await writeFile(file, "");
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

test("a message that is worked on for longer than it was hidden stays hidden", async () => {
  const { host, queue, name } = await start(undefined, ["--message-lease-seconds", "2"]);
  const file = join(app.path, `${name}.gate`);
  await queue.sendMessage(encode({ id: "long", act: "waitForFile", file }));
  const { at } = await host.event({ event: "began", id: "long" });
  // Whoever else looks for messages meanwhile, for more than two leases, finds none.
  const found = await until("more than two leases", async () => {
    const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 1 });
    return receivedMessageItems.length > 0 || Date.now() > Number(at) + 5_000 ? receivedMessageItems : undefined;
  });
  expect(found).toEqual([]);
  await writeFile(file, "");
  await host.event({ event: "ended", id: "long" });
  await until("the message to be deleted", () => isEmpty(queue));
  expect(host.events().filter(({ event }) => event === "began")).toHaveLength(1);
});

test("a message whose host was killed comes again, one dequeue later, to a new host on the same storage", async () => {
  const lease = ["--message-lease-seconds", "2"];
  const { host, queue, name } = await start(undefined, lease);
  const file = join(app.path, `${name}.gate`);
  await queue.sendMessage(encode({ id: "killed", act: "waitForFile", file }));
  await host.event({ event: "began", id: "killed" });
  await host.kill("SIGKILL");
  await writeFile(file, "");

  const next = await start(name, lease);
  expect(await next.host.event({ event: "began", id: "killed" })).toMatchObject({ dequeueCount: 2 });
  await next.host.event({ event: "ended", id: "killed" });
  await until("the message to be deleted", () => isEmpty(queue));
});

test("SIGTERM lets a message that is worked on finish, and takes no other", async () => {
  const { host, queue, name } = await start();
  const file = join(app.path, `${name}.gate`);
  await queue.sendMessage(encode({ id: "running", act: "waitForFile", file }));
  await host.event({ event: "began", id: "running" });
  host.process.kill("SIGTERM");
  await until("the host to stop listening", () =>
    fetch(host.url).then(
      () => false,
      () => true,
    ),
  );
  await queue.sendMessage(encode({ id: "too late" }));
  await writeFile(file, "");

  expect(await host.exited).toBe(0);
  expect(host.events().map(({ event, id }) => `${event} ${id}`)).toEqual(["began running", "ended running"]);
  expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
  expect((await queue.peekMessages()).peekedMessageItems[0]?.dequeueCount).toBe(0);
});

test("a message that was dequeued too often by hosts that died is not tried again", async () => {
  const { host, queue, poison, name } = await start();
  await host.kill();
  await queue.sendMessage(encode({ id: "fatal" }));
  for (let dequeue = 1; dequeue <= 3; dequeue++)
    await until("the message to be visible", async () => {
      const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 1 });
      return receivedMessageItems.length > 0;
    });

  const next = await start(name);
  expect(await poisoned(poison)).toBe(encode({ id: "fatal" }));
  expect(next.host.events()).toEqual([]);
});

test("a storage that is down for a while and comes back empty only makes the host wait", async () => {
  const storage = await startAzurite();
  const name = uniqueName();
  const host = await startHost({ app: app.path, storage: storage.connection, env: { TEST_QUEUE: name } });
  await until("the queue to be made", () => clientOf(storage, name).exists());
  await storage.stop();
  await until("the host to notice", () => host.stderr.some((line) => line.includes("could not be read")));

  const again = await startAzurite(storage.ports);
  onTestFinished(() => again.stop());
  const queue = clientOf(again, name);
  await until("the queue to be made again", () => queue.exists());
  await queue.sendMessage(encode({ id: "after" }));
  await host.event({ event: "ended", id: "after" });
  expect(host.process.exitCode).toBeNull();
});
