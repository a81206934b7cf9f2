import { join } from "node:path";
import type { QueueClient } from "@azure/storage-queue";
import { afterAll, beforeAll } from "vitest";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { until } from "../../until.ts";
import { type AppFolder, bundleApp } from "./app-folder.ts";
import { clientOf } from "./queue-client.ts";
import { type HostStart, type RunningHost, startHost, uniqueName } from "./running-host.ts";

export const RETRY_SECONDS = 1;
const QUEUES = {
  visibilityTimeout: `00:00:0${RETRY_SECONDS}`,
  maxDequeueCount: 3,
  batchSize: 4,
  newBatchThreshold: 0,
};

export type Started = {
  readonly host: RunningHost;
  readonly queue: QueueClient;
  readonly poison: QueueClient;
  readonly name: string;
  /** A file without which a message that waits for it isn't finished. */
  readonly gate: string;
};

export type Start = Pick<HostStart, "flags" | "onFinished"> & {
  readonly name?: string;
  /** Another storage than that of all tests. */
  readonly storage?: HostAzurite;
};

/** One storage and one app for the tests of a file. The result starts a host on a queue of its own, if not on `name`. */
export function useQueueWorld(): (start: Start) => Promise<Started> {
  let world: { readonly azurite: HostAzurite; readonly app: AppFolder } | undefined;
  beforeAll(async () => {
    const [azurite, app] = await Promise.all([
      startHostAzurite(),
      bundleApp("queue", { extensions: { queues: QUEUES } }),
    ]);
    world = { azurite, app };
  });
  afterAll(() => Promise.all([world?.azurite.stop(), world?.app.remove()]));
  return async ({ name = uniqueName(), storage = world?.azurite, ...rest }) => {
    if (world === undefined || storage === undefined) throw new Error("The world is there only while tests run.");
    const connection = storage.connectionString;
    const host = await startHost({ app: world.app.path, storage: connection, env: { TEST_QUEUE: name }, ...rest });
    const queue = clientOf(storage, name);
    await until("the queue to be made", () => queue.exists());
    return {
      host,
      queue,
      poison: clientOf(storage, `${name}-poison`),
      name,
      gate: join(world.app.path, `${name}.gate`),
    };
  };
}
