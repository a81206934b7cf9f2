import { BlobServiceClient, type BlockBlobClient, type ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { readBlob } from "../../read-blob.ts";
import { until } from "../../until.ts";
import { type AppFolder, bundleApp } from "./app-folder.ts";
import { type HostStart, type RunningHost, startHost, uniqueName } from "./running-host.ts";

const HOUR_MS = 3_600_000;
const HOURLY = "0 0 * * * *";
const NO_LOCK = ["--timer-lock-seconds", "0"];
const LONGEST_LOCK = ["--timer-lock-seconds", "60"];

let azurite: HostAzurite;
let app: AppFolder;

beforeAll(async () => {
  [azurite, app] = await Promise.all([startHostAzurite(), bundleApp("timer")]);
});
afterAll(async () => {
  await Promise.all([azurite.stop(), app.remove()]);
});

type Start = Omit<HostStart, "app" | "storage" | "onFinished"> & { readonly schedule: string };

/** Hosts with the same id, which share the lock and the monitor of their timer. */
function useHosts({ onTestFinished: onFinished }: TestContext) {
  const hostId = uniqueName();
  const container = hostBlobs();
  const monitor = container.getBlockBlobClient(`timers/${hostId}/Host.Functions.tick/status`);
  const lock = container.getBlobClient(`locks/${hostId}/Host.Functions.tick.Listener`);
  const start = ({ schedule, env = {}, ...rest }: Start): Promise<RunningHost> =>
    startHost({
      ...rest,
      onFinished,
      app: app.path,
      storage: azurite.connectionString,
      env: { AzureFunctionsWebHost__hostid: hostId, TEST_SCHEDULE: schedule, ...env },
    });
  return { start, monitor, lock };
}

const hostBlobs = (): ContainerClient =>
  BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("azure-webjobs-hosts");

/** Writes the monitor blob of a host that fired at `last` and was down at the occurrence an hour later. */
async function writeMonitor(monitor: BlockBlobClient, last: Date): Promise<void> {
  const text = JSON.stringify({ Last: last, Next: new Date(last.getTime() + HOUR_MS), LastUpdated: last });
  await hostBlobs().createIfNotExists();
  await monitor.upload(text, text.length);
}

async function lastOf(monitor: BlockBlobClient): Promise<number> {
  const { Last }: { readonly Last: string } = JSON.parse(await readBlob(monitor));
  return Date.parse(Last);
}

const ticks = (host: RunningHost) => host.events().filter(({ event }) => event === "tick");

test.concurrent("a missed occurrence fires at the start, as past due, again after a SIGKILL, and is then written to the monitor", async (context) => {
  const { start, monitor } = useHosts(context);
  const last = new Date((Math.floor(Date.now() / HOUR_MS) - 3) * HOUR_MS);
  await writeMonitor(monitor, last);
  const killed = await start({ schedule: HOURLY, flags: NO_LOCK, env: { TEST_GATE: "/no/such/file" } });
  const tick = await killed.event({ event: "tick" });
  expect(tick).toMatchObject({ isPastDue: true });
  expect(tick.status).toMatchObject({ last: expect.stringContaining(last.toISOString().slice(0, 19)) });
  await killed.kill("SIGKILL");
  expect(await lastOf(monitor)).toBe(last.getTime());

  const next = await start({ schedule: HOURLY, flags: NO_LOCK });
  expect(await next.event({ event: "tick" })).toMatchObject({ isPastDue: true });
  await until("the monitor", async () => (await lastOf(monitor)) > last.getTime());
});

test.concurrent("of several hosts one fires; the next takes over after a stop, or when the lease of a killed host ends", async (context) => {
  const { start, lock } = useHosts(context);
  const options = { schedule: HOURLY, flags: LONGEST_LOCK, env: { TEST_RUN_ON_STARTUP: "true" } };
  const first = await start(options);
  await first.event({ event: "tick" });
  const second = await start(options);
  expect(ticks(second)).toEqual([]);
  await first.kill("SIGTERM");
  await second.event({ event: "tick" });

  const third = await start(options);
  await second.kill("SIGKILL");
  expect(ticks(third)).toEqual([]);
  await lock.getBlobLeaseClient().breakLease(0);
  await third.event({ event: "tick" });
});

test.concurrent("a timer of every second fires again and again, and has no monitor", async (context) => {
  const { start, monitor } = useHosts(context);
  const host = await start({ schedule: "* * * * * *", flags: NO_LOCK });
  await until("two occurrences", () => ticks(host).length >= 2);
  for (const tick of ticks(host)) expect(tick).toMatchObject({ isPastDue: false, status: null });
  expect(await monitor.exists()).toBe(false);
});
