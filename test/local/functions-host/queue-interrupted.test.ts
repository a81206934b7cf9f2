import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { startHostAzurite } from "../../azurite.ts";
import { until } from "../../until.ts";
import { clientOf, encode, isEmpty, poisoned } from "./queue-client.ts";
import { useQueueWorld } from "./queue-world.ts";

const start = useQueueWorld();

// By itself: it measures a lease of two seconds, which a busy machine may not prolong.
test("a message that is worked on for longer than it was hidden stays hidden", async () => {
  const { host, queue, gate } = await start({ flags: ["--message-lease-seconds", "2"] });
  await queue.sendMessage(encode({ id: "long", act: "waitForFile", file: gate }));
  const { at } = await host.event({ event: "began", id: "long" });
  // Whoever else looks for messages meanwhile, for more than two leases, finds none.
  const found = await until("more than two leases", async () => {
    const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 1 });
    return receivedMessageItems.length > 0 || Date.now() > Number(at) + 5_000 ? receivedMessageItems : undefined;
  });
  expect(found).toEqual([]);
  await writeFile(gate, "");
  await host.event({ event: "ended", id: "long" });
  await until("the message to be deleted", () => isEmpty(queue));
  expect(host.events().filter(({ event }) => event === "began")).toHaveLength(1);
});

test.concurrent("a message whose host was killed comes again, one dequeue later, to a new host on the same storage", async ({
  onTestFinished: onFinished,
}) => {
  const flags = ["--message-lease-seconds", "2"];
  const { host, queue, name, gate } = await start({ flags, onFinished });
  await queue.sendMessage(encode({ id: "killed", act: "waitForFile", file: gate }));
  await host.event({ event: "began", id: "killed" });
  await host.kill("SIGKILL");
  await writeFile(gate, "");

  const next = await start({ name, flags, onFinished });
  expect(await next.host.event({ event: "began", id: "killed" })).toMatchObject({ dequeueCount: 2 });
  await next.host.event({ event: "ended", id: "killed" });
  await until("the message to be deleted", () => isEmpty(queue));
});

test.concurrent("SIGTERM lets a message that is worked on finish, and takes no other", async ({
  onTestFinished: onFinished,
}) => {
  const { host, queue, gate } = await start({ onFinished });
  await queue.sendMessage(encode({ id: "running", act: "waitForFile", file: gate }));
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

test.concurrent("a message that was dequeued too often by hosts that died is not tried again", async ({
  onTestFinished: onFinished,
}) => {
  const { host, queue, poison, name } = await start({ onFinished });
  await host.kill();
  await queue.sendMessage(encode({ id: "fatal" }));
  for (let dequeue = 1; dequeue <= 3; dequeue++)
    await until("the message to be visible", async () => {
      const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 1 });
      return receivedMessageItems.length > 0;
    });

  const next = await start({ name, onFinished });
  expect(await poisoned(poison)).toBe(encode({ id: "fatal" }));
  expect(next.host.events()).toEqual([]);
});

test.concurrent("a storage that is down for a while and comes back empty only makes the host wait", async ({
  onTestFinished: onFinished,
}) => {
  const storage = await startHostAzurite();
  onFinished(storage.stop);
  const { host, name } = await start({ storage, onFinished });
  await storage.stop();
  await until("the host to notice", () => host.stderr.some((line) => line.includes("could not be read")));

  const again = await startHostAzurite(storage.ports);
  onFinished(() => again.stop());
  const queue = clientOf(again, name);
  await until("the queue to be made again", () => queue.exists());
  await queue.sendMessage(encode({ id: "after" }));
  await host.event({ event: "ended", id: "after" });
  expect(host.process.exitCode).toBeNull();
});
