import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { until } from "../../until.ts";
import { type AppFolder, bundleApp } from "./app-folder.ts";
import { encode, isEmpty, poisoned, queuesOf } from "./queue-client.ts";
import { type RunningHost, startHost, uniqueName } from "./running-host.ts";

const QUEUES = { visibilityTimeout: "00:00:00", maxDequeueCount: 3, batchSize: 4, newBatchThreshold: 0 };

let azurite: HostAzurite;
let app: AppFolder;

beforeAll(async () => {
  [azurite, app] = await Promise.all([startHostAzurite(), bundleApp("queue", { extensions: { queues: QUEUES } })]);
});
afterAll(async () => {
  await Promise.all([azurite.stop(), app.remove()]);
});

/** A queue, and hosts that listen to it. */
async function makeQueue({ onTestFinished: onFinished }: TestContext) {
  const name = uniqueName();
  const queue = queuesOf(azurite).getQueueClient(name);
  await queue.create();
  const storage = azurite.connectionString;
  return {
    queue,
    poison: queuesOf(azurite).getQueueClient(`${name}-poison`),
    /** A file that the handler of a message waits for, when the message says so. */
    gate: join(app.path, `${name}.gate`),
    start: (): Promise<RunningHost> => startHost({ app: app.path, storage, env: { TEST_QUEUE: name }, onFinished }),
  };
}

const began = (host: RunningHost, id: string) =>
  host.events().filter((event) => event.event === "began" && event.id === id);

test.concurrent("each message reaches the handler as an object or a text, with its metadata, and is deleted or moved to the poison queue", async (context) => {
  const { queue, poison, start } = await makeQueue(context);
  const sent = await queue.sendMessage(encode({ id: "one" }));
  await queue.sendMessage(encode("just a text"));
  const bad = encode({ id: "bad", act: "fail" });
  await queue.sendMessage(bad);

  const host = await start();
  const event = await host.event({ event: "began", id: "one" });
  expect(event).toMatchObject({
    messageId: sent.messageId,
    dequeueCount: 1,
    message: { id: "one" },
    queueTrigger: { id: "one" },
    popReceipt: expect.any(String),
  });
  expect(Date.parse(String(event.insertionTime))).toBe(sent.insertedOn.getTime());
  expect(Date.parse(String(event.expirationTime))).toBe(sent.expiresOn.getTime());
  expect(Date.parse(String(event.nextVisibleTime))).toBeGreaterThan(sent.insertedOn.getTime());
  await host.event({ event: "began", message: "just a text" });
  expect(await poisoned(poison)).toBe(bad);
  await until("an empty queue", () => isEmpty(queue));
  expect(began(host, "bad").map(({ dequeueCount }) => dequeueCount)).toEqual([1, 2, 3]);
});

test.concurrent("a message whose host was killed is processed again by the next host, with a higher dequeue count", async (context) => {
  const { queue, gate, start } = await makeQueue(context);
  await queue.sendMessage(encode({ id: "killed", act: "waitForFile", file: gate }));
  const host = await start();
  const { messageId, popReceipt } = await host.event({ event: "began", id: "killed" });
  await host.kill("SIGKILL");
  await writeFile(gate, "");
  // Ends the lease of the killed host, which lasts ten minutes.
  await queue.updateMessage(String(messageId), String(popReceipt), undefined, 0);

  const next = await start();
  expect(await next.event({ event: "began", id: "killed" })).toMatchObject({ dequeueCount: 2 });
  await next.event({ event: "ended", id: "killed" });
  await until("an empty queue", () => isEmpty(queue));
});

test.concurrent("SIGTERM lets the running invocation finish, and takes no other message", async (context) => {
  const { queue, gate, start } = await makeQueue(context);
  await queue.sendMessage(encode({ id: "running", act: "waitForFile", file: gate }));
  const host = await start();
  await host.event({ event: "began", id: "running" });
  host.process.kill("SIGTERM");
  await until("the host to stop listening", () =>
    fetch(host.url).then(
      () => false,
      () => true,
    ),
  );
  await queue.sendMessage(encode({ id: "too late" }));
  await writeFile(gate, "");

  expect(await host.exited).toBe(0);
  expect(host.events().map(({ event, id }) => `${event} ${id}`)).toEqual(["began running", "ended running"]);
  expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
  expect((await queue.peekMessages()).peekedMessageItems[0]?.dequeueCount).toBe(0);
});
