import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BlobServiceClient, type BlockBlobClient, type ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { readBlob } from "../../read-blob.ts";
import { until } from "../../until.ts";
import { type AppFolder, bundleApp } from "./app-folder.ts";
import { type HostStart, type RunningHost, startHost, uniqueName } from "./running-host.ts";

const HOUR_MS = 3_600_000;
const HOURLY = "0 0 * * * *";
const SHORTEST_LOCK = ["--timer-lock-seconds", "15"];
/** The test that waits out a lock of fifteen seconds needs more than the usual limit on a busy machine. */
const LOCK_TEST_LIMIT_MS = 60_000;
const NO_LOCK = ["--timer-lock-seconds", "0"];

let azurite: HostAzurite;
let app: AppFolder;

beforeAll(async () => {
  [azurite, app] = await Promise.all([startHostAzurite(), bundleApp("timer")]);
});
afterAll(async () => {
  await Promise.all([azurite.stop(), app.remove()]);
});

type Start = Omit<HostStart, "app" | "storage"> & { readonly hostId: string; readonly schedule: string };

const start = ({ hostId, schedule, flags = NO_LOCK, env = {}, ...rest }: Start): Promise<RunningHost> =>
  startHost({
    ...rest,
    app: app.path,
    storage: azurite.connectionString,
    flags,
    env: { AzureFunctionsWebHost__hostid: hostId, TEST_SCHEDULE: schedule, ...env },
  });

const hostBlobs = (): ContainerClient =>
  BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("azure-webjobs-hosts");

const monitorOf = (hostId: string): BlockBlobClient =>
  hostBlobs().getBlockBlobClient(`timers/${hostId}/Host.Functions.tick/status`);

type Stored = { readonly Last: string; readonly Next: string; readonly LastUpdated: string };

async function readMonitor(hostId: string): Promise<Stored> {
  const stored: Stored = JSON.parse(await readBlob(monitorOf(hostId)));
  return stored;
}

/** What a host leaves that fired at `last` and was gone before the occurrence an hour later. */
async function leaveMonitor(hostId: string, last: Date, next = new Date(last.getTime() + HOUR_MS)): Promise<void> {
  const text = JSON.stringify({ Last: last, Next: next, LastUpdated: last });
  await hostBlobs().createIfNotExists();
  await monitorOf(hostId).upload(text, text.length);
}

const fullHour = (hoursAgo: number): Date => new Date((Math.floor(Date.now() / HOUR_MS) - hoursAgo) * HOUR_MS);

const ticks = (...hosts: readonly RunningHost[]) =>
  hosts.flatMap((host) => host.events().filter(({ event }) => event === "tick"));

// First of those that run side by side, as it takes the longest. The last two measure time, and run by themselves.
test.concurrent(
  "of two hosts on one storage only one fires; after a SIGKILL the other waits out the lock and takes over",
  async ({ onTestFinished: onFinished }) => {
    const hostId = uniqueName();
    const every = { hostId, onFinished, schedule: "* * * * * *", flags: SHORTEST_LOCK };
    const first = await start(every);
    await first.event({ event: "tick" });
    const second = await start(every);
    const seen = ticks(first).length;
    await until("more occurrences with both running", () => ticks(first).length >= seen + 3);
    expect(ticks(second)).toEqual([]);

    await first.kill("SIGKILL");
    const takeover = await second.event({ event: "tick" });
    const last = ticks(first).at(-1);
    // The lock was renewed every five of its fifteen seconds, so it outlives its holder by about ten at least.
    expect(Number(takeover.at) - Number(last?.at)).toBeGreaterThan(7_000);
    const seconds = ticks(first, second).map(({ at }) => Math.floor(Number(at) / 1_000));
    expect(new Set(seconds).size).toBe(seconds.length);
  },
  LOCK_TEST_LIMIT_MS,
);

test.concurrent("a new timer's next occurrence is written down, and nothing fires before it", async ({
  onTestFinished: onFinished,
}) => {
  const hostId = uniqueName();
  const host = await start({ hostId, onFinished, schedule: HOURLY });
  await until("the monitor blob", () => monitorOf(hostId).exists());
  const stored = await readMonitor(hostId);
  expect(stored.Last).toBe("0001-01-01T00:00:00+00:00");
  expect(Date.parse(stored.Next) % HOUR_MS).toBe(0);
  expect(Date.parse(stored.Next)).toBeGreaterThan(Date.parse(stored.LastUpdated));
  expect(ticks(host)).toEqual([]);
});

test.concurrent("an occurrence that was missed while no host ran fires at the start, once, as past due, and is noted", async ({
  onTestFinished: onFinished,
}) => {
  const hostId = uniqueName();
  await leaveMonitor(hostId, fullHour(3));
  const env = { AzureFunctionsWebHost__hostid: hostId };
  const host = await start({ hostId, onFinished, schedule: HOURLY, env });
  const tick = await host.event({ event: "tick" });
  expect(tick).toMatchObject({ isPastDue: true });
  expect(tick.status).toMatchObject({ last: expect.stringContaining(fullHour(3).toISOString().slice(0, 19)) });

  await until("the monitor", async () => Date.parse((await readMonitor(hostId)).Last) >= Number(tick.at) - 1_000);
  await host.kill("SIGTERM");
  const next = await start({ hostId, onFinished, schedule: HOURLY, env: { ...env, TEST_RUN_ON_STARTUP: "true" } });
  // The start-up run shows that the next host has judged: it found nothing past due.
  expect(await next.event({ event: "tick" })).toMatchObject({ isPastDue: false });
  expect(ticks(host)).toHaveLength(1);
});

test.concurrent("an occurrence whose host was killed while it ran fires again at the next start", async ({
  onTestFinished: onFinished,
}) => {
  const hostId = uniqueName();
  await leaveMonitor(hostId, fullHour(2));
  const gate = join(app.path, `${hostId}.gate`);
  const host = await start({ hostId, onFinished, schedule: HOURLY, env: { TEST_GATE: gate } });
  await host.event({ event: "tick" });
  await host.kill("SIGKILL");
  await writeFile(gate, "");
  const next = await start({ hostId, onFinished, schedule: HOURLY });
  expect(await next.event({ event: "tick" })).toMatchObject({ isPastDue: true });
});

test.concurrent("a schedule that was changed since is not past due", async ({ onTestFinished: onFinished }) => {
  const hostId = uniqueName();
  await leaveMonitor(hostId, fullHour(3), new Date(fullHour(3).getTime() + HOUR_MS / 2));
  const host = await start({ hostId, onFinished, schedule: HOURLY, env: { TEST_RUN_ON_STARTUP: "true" } });
  expect(await host.event({ event: "tick" })).toMatchObject({ isPastDue: false });
});

test("a timer fires at its occurrences, by the clock; a schedule of under a minute has no monitor", async () => {
  const hostId = uniqueName();
  const host = await start({ hostId, schedule: "*/2 * * * * *" });
  await until("two occurrences", () => ticks(host).length >= 2);
  for (const tick of ticks(host)) {
    expect(tick).toMatchObject({ isPastDue: false, status: null });
    expect(Math.floor(Number(tick.at) / 1_000) % 2).toBe(0);
  }
  expect(await monitorOf(hostId).exists()).toBe(false);
});

test("a host that is stopped in peace gives the lock back, so that the next fires at once", async () => {
  const hostId = uniqueName();
  const every = { hostId, schedule: "* * * * * *", flags: SHORTEST_LOCK };
  const first = await start(every);
  await first.event({ event: "tick" });
  await first.kill("SIGTERM");
  const stoppedAt = Date.now();
  const second = await start(every);
  const { at } = await second.event({ event: "tick" });
  expect(Number(at) - stoppedAt).toBeLessThan(7_000);
});
