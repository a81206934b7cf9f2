import { once } from "node:events";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type HeldLock, singletonLock } from "../../../local/functions-host/singleton-lock.ts";
import { type HostAzurite, startHostAzurite } from "../../azurite.ts";
import { createManualClock } from "./manual-clock.ts";
import { recordLog } from "./recorders.ts";
import { uniqueName } from "./running-host.ts";

const LEASE_SECONDS = 15;
const LEASE_MS = LEASE_SECONDS * 1_000;
const RETRY_MS = 1_000;
const never = new AbortController().signal;

let azurite: HostAzurite;
beforeAll(async () => {
  azurite = await startHostAzurite();
});
afterAll(() => azurite.stop());

const hostBlobs = (): ContainerClient =>
  BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("azure-webjobs-hosts");

/** The lock as one of several hosts sees it, on a clock of its own. */
function openHost(name: string) {
  const clock = createManualClock();
  const { log, lines } = recordLog();
  const acquire = singletonLock(hostBlobs(), name, LEASE_SECONDS, log, clock);
  return { clock, lines, acquire: (signal = never) => acquire(signal) };
}

async function held(locking: Promise<HeldLock | undefined>): Promise<HeldLock> {
  const lock = await locking;
  if (lock === undefined) throw new Error("The lock was not acquired.");
  onTestFinished(lock.release);
  return lock;
}

/** Ends a lease as its expiry does, without the time. */
const endLease = (name: string) => hostBlobs().getBlobClient(`locks/${name}`).getBlobLeaseClient().breakLease(0);

test("one of two hosts holds the lock, and the other acquires it after the release", async () => {
  const name = uniqueName();
  const [first, second] = [openHost(name), openHost(name)];
  const lock = await held(first.acquire());
  const waiting = second.acquire();
  expect(await second.clock.nextPause()).toBe(RETRY_MS);
  second.clock.advance(RETRY_MS);
  expect(await second.clock.nextPause()).toBe(RETRY_MS);
  await lock.release();
  second.clock.advance(RETRY_MS);
  expect((await held(waiting)).lost.aborted).toBe(false);
  expect(second.lines).toEqual([]);
});

test("a lease that ended is acquired by another host, and its former holder learns that at its renewal", async () => {
  const name = uniqueName();
  const [first, second] = [openHost(name), openHost(name)];
  const lock = await held(first.acquire());
  await endLease(name);
  await held(second.acquire());
  const lost = once(lock.lost, "abort");
  first.clock.advance(await first.clock.nextPause());
  await lost;
  expect(first.lines).toEqual([expect.stringMatching(/^warning host The lock .* could not be renewed: .*\(409\)$/)]);
});

test("a holder renews the lease three times in its length", async () => {
  const { clock, acquire, lines } = openHost(uniqueName());
  const lock = await held(acquire());
  for (let renewal = 0; renewal < 4; renewal++) {
    expect(await clock.nextPause()).toBe(LEASE_MS / 3);
    clock.advance(LEASE_MS / 3);
  }
  expect({ isLost: lock.lost.aborted, lines }).toEqual({ isLost: false, lines: [] });
});

test("a holder that could not renew for the length of the lease has lost the lock", async () => {
  const { clock, acquire } = openHost(uniqueName());
  const lock = await held(acquire());
  await clock.nextPause();
  const lost = once(lock.lost, "abort");
  clock.advance(LEASE_MS);
  await lost;
  expect(lock.lost.aborted).toBe(true);
});

test("a host that stops no longer waits for the lock", async () => {
  const name = uniqueName();
  await held(openHost(name).acquire());
  const second = openHost(name);
  const stopping = new AbortController();
  const waiting = second.acquire(stopping.signal);
  await second.clock.nextPause();
  stopping.abort();
  expect(await waiting).toBeUndefined();
});
