import type { QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Clock } from "../../../local/functions-host/clock.ts";
import type { TriggerInput } from "../../../local/functions-host/invoke.ts";
import { listenToQueue } from "../../../local/functions-host/queue-listener.ts";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { until } from "../../until.ts";
import { createManualClock } from "./manual-clock.ts";
import { encode, isEmpty, poisoned, queuesOf } from "./queue-client.ts";
import { FUNCTION, recordInvocations, recordLog } from "./recorders.ts";
import { uniqueName } from "./running-host.ts";
import { openSwitch } from "./storage-switch.ts";

const OPTIONS = {
  batchSize: 4,
  newBatchThreshold: 0,
  maxDequeueCount: 2,
  maxPollingIntervalMs: 60_000,
  visibilityTimeoutMs: 0,
  messageEncoding: "base64",
} as const;
const POLL_CEILING_MS = 1_000;
const LEASE_SECONDS = 600;

let azurite: HostAzurite;
beforeAll(async () => {
  azurite = await startHostAzurite();
});
afterAll(() => azurite.stop());

async function makeQueue(name = uniqueName()): Promise<QueueClient> {
  const queue = queuesOf(azurite).getQueueClient(name);
  await queue.create();
  return queue;
}

type Wanted = {
  readonly run?: (input: TriggerInput) => Promise<boolean>;
  readonly queues?: QueueServiceClient;
  readonly clock?: Clock;
};

/** A listener in this process, on a queue that the test has filled. */
function listen(queue: QueueClient, { run, queues = queuesOf(azurite), ...rest }: Wanted = {}) {
  const { log, lines } = recordLog();
  const { invoker, inputs } = recordInvocations(run);
  const listener = listenToQueue({
    fn: FUNCTION,
    trigger: { kind: "queue", binding: "message", queueName: queue.name, connection: "AzureWebJobsStorage" },
    queues,
    options: OPTIONS,
    leaseSeconds: LEASE_SECONDS,
    pollCeilingMs: POLL_CEILING_MS,
    invoker,
    log,
    ...rest,
  });
  onTestFinished(listener.stop);
  return { inputs, lines, listener, poison: queuesOf(azurite).getQueueClient(`${queue.name}-poison`) };
}

const dequeueCounts = (inputs: readonly TriggerInput[]) =>
  inputs.map(({ triggerMetadata }) => triggerMetadata.DequeueCount);

test("a batch is processed at once, and the next is fetched when newBatchThreshold is reached", async () => {
  const queue = await makeQueue();
  for (let id = 1; id <= 6; id++) await queue.sendMessage(encode({ id }));
  const gate = Promise.withResolvers<boolean>();
  let running = 0;
  let mostAtOnce = 0;
  const { inputs } = listen(queue, {
    run: async () => {
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      await gate.promise;
      running -= 1;
      return true;
    },
  });
  onTestFinished(() => gate.resolve(true));
  await until("the first batch", () => inputs.length === OPTIONS.batchSize);
  gate.resolve(true);
  await until("an empty queue", () => isEmpty(queue));
  expect({ invocations: inputs.length, mostAtOnce }).toEqual({ invocations: 6, mostAtOnce: OPTIONS.batchSize });
});

test("a message that fails is retried, and moved to the poison queue after maxDequeueCount", async () => {
  const queue = await makeQueue();
  const message = encode({ id: "bad" });
  await queue.sendMessage(message);
  const { inputs, poison } = listen(queue, { run: async () => false });
  expect(await poisoned(poison)).toBe(message);
  await until("an empty queue", () => isEmpty(queue));
  expect(dequeueCounts(inputs)).toEqual([{ int: 1 }, { int: 2 }]);
});

test("a message that isn't base64 is moved to the poison queue without an invocation", async () => {
  const queue = await makeQueue();
  await queue.sendMessage('{"id":"raw"}');
  const { inputs, lines, poison } = listen(queue);
  expect(await poisoned(poison)).toBe('{"id":"raw"}');
  await until("an empty queue", () => isEmpty(queue));
  expect(inputs).toEqual([]);
  expect(lines[0]).toMatch(/^error host Message .* is not base64\.$/);
});

test("a message that isn't UTF-8 fails before the invocation, and is moved to the poison queue after maxDequeueCount", async () => {
  const queue = await makeQueue();
  const message = Buffer.from([0xff, 0xfe]).toString("base64");
  await queue.sendMessage(message);
  const { inputs, lines, poison } = listen(queue);
  expect(await poisoned(poison)).toBe(message);
  await until("an empty queue", () => isEmpty(queue));
  expect(inputs).toEqual([]);
  expect(lines.filter((line) => line.endsWith("is not UTF-8."))).toHaveLength(OPTIONS.maxDequeueCount);
});

test("a message that killed hosts dequeued too often is moved to the poison queue without an invocation", async () => {
  const queue = await makeQueue();
  const message = encode({ id: "fatal" });
  await queue.sendMessage(message);
  for (let dequeue = 1; dequeue <= OPTIONS.maxDequeueCount; dequeue++) {
    const [taken] = (await queue.receiveMessages()).receivedMessageItems;
    await queue.updateMessage(taken?.messageId ?? "", taken?.popReceipt ?? "", undefined, 0);
  }
  const { inputs, lines, poison } = listen(queue);
  expect(await poisoned(poison)).toBe(message);
  await until("an empty queue", () => isEmpty(queue));
  expect(inputs).toEqual([]);
  expect(lines[0]).toMatch(/^error host Message .* exceeds maxDequeueCount\.$/);
});

test("a message that fails in a poison queue stays there, hidden until its lease ends", async () => {
  const queue = await makeQueue(`${uniqueName()}-poison`);
  await queue.sendMessage(encode({ id: "bad" }));
  const { inputs, listener } = listen(queue, { run: async () => false });
  await until("the attempt", () => inputs.length === 1);
  await listener.stop();
  expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
  expect((await queue.receiveMessages()).receivedMessageItems).toEqual([]);
});

test("a queue that does not exist is empty until its sender creates it", async () => {
  const queue = queuesOf(azurite).getQueueClient(uniqueName());
  const clock = createManualClock();
  const { inputs, lines } = listen(queue, { clock });
  // Each pause follows a poll.
  clock.advance(await clock.nextPause());
  const pause = await clock.nextPause();
  expect(await queue.exists()).toBe(false);
  expect(lines).toEqual([]);
  await queue.create();
  await queue.sendMessage(encode("a message"));
  clock.advance(pause);
  await until("the message", () => inputs.length === 1);
});

test("a listener waits for a storage that is down", async () => {
  const queue = await makeQueue();
  const storage = await openSwitch(azurite);
  onTestFinished(storage.close);
  await queue.sendMessage(encode({ id: "before" }));
  const { inputs, lines } = listen(queue, { queues: storage.queues });
  await until("an empty queue", () => isEmpty(queue));
  storage.turnOff();
  await until("a failed poll", () => lines.some((line) => line.includes("could not be read")));
  storage.turnOn();
  await queue.sendMessage(encode({ id: "after" }));
  await until("the message", () => inputs.length === 2);
  expect(inputs.map(({ data }) => data)).toEqual([{ string: '{"id":"before"}' }, { string: '{"id":"after"}' }]);
});

test("the pause between two polls doubles up to the ceiling, and is short again after a message", async () => {
  const queue = await makeQueue();
  const clock = createManualClock();
  listen(queue, { clock });
  const expectPause = async (longest: number): Promise<number> => {
    let pause = await clock.nextPause();
    if (pause === (LEASE_SECONDS * 1_000) / 2) pause = await clock.nextPause();
    // Up to a fifth less: listeners do not poll at the same time.
    expect(pause).toBeGreaterThanOrEqual(longest * 0.8);
    expect(pause).toBeLessThanOrEqual(longest);
    return pause;
  };
  for (const longest of [200, 400, 800, POLL_CEILING_MS]) clock.advance(await expectPause(longest));
  const last = await expectPause(POLL_CEILING_MS);
  await queue.sendMessage(encode("a message"));
  clock.advance(last);
  await expectPause(100);
});
