import type { BlobLeaseClient, ContainerClient } from "@azure/storage-blob";
import { describeStorageError, storageStatus } from "./host-storage.ts";
import type { Log } from "./log.ts";
import { pause } from "./retry.ts";

export type HeldLock = {
  /** Aborted once another host may have the lock. */
  readonly lost: AbortSignal;
  readonly release: () => Promise<void>;
};

/** Waits for the lock; undefined once the signal is aborted. */
export type AcquireLock = (signal: AbortSignal) => Promise<HeldLock | undefined>;

/** How often a host that waits for the lock looks again. (The real one: once a minute.) */
const LOOK_AGAIN_MS = 1_000;
const ALREADY_THERE = [409, 412];
const RENEWALS_PER_LEASE = 3;

/**
 * The singleton lock of a timer: a lease on a blob, so that of several hosts on one storage only one fires it. A host that
 * was killed leaves it to run out: until then no other gets it.
 */
export function singletonLock(hostBlobs: ContainerClient, name: string, leaseSeconds: number, log: Log): AcquireLock {
  const blob = hostBlobs.getBlockBlobClient(`locks/${name}`);
  return async (signal) => {
    while (!signal.aborted) {
      try {
        await hostBlobs.createIfNotExists();
        await blob.upload("", 0, { conditions: { ifNoneMatch: "*" } }).catch(ignoreExisting);
        const lease = blob.getBlobLeaseClient();
        const askedAt = Date.now();
        await lease.acquireLease(leaseSeconds);
        return hold(lease, name, askedAt, leaseSeconds, log);
      } catch (error) {
        const isTaken = ALREADY_THERE.includes(storageStatus(error) ?? 0);
        if (!isTaken) log.host("warning", `The lock ${name} could not be asked for: ${describeStorageError(error)}`);
      }
      await pause(LOOK_AGAIN_MS, signal);
    }
    return undefined;
  };
}

/** For a timer without a lock: held at once and never lost. */
export const noLock: AcquireLock = async (signal) =>
  signal.aborted ? undefined : { lost: new AbortController().signal, release: async () => undefined };

function hold(lease: BlobLeaseClient, name: string, heldSince: number, leaseSeconds: number, log: Log): HeldLock {
  const lost = new AbortController();
  const ended = new AbortController();
  const leaseMs = leaseSeconds * 1_000;

  const renew = async (): Promise<void> => {
    let renewedAt = heldSince;
    for (;;) {
      const untilLost = renewedAt + leaseMs - Date.now();
      await pause(Math.min(leaseMs / RENEWALS_PER_LEASE, Math.max(untilLost, 0)), ended.signal);
      if (ended.signal.aborted) return;
      if (Date.now() >= renewedAt + leaseMs) return lost.abort();
      const askedAt = Date.now();
      try {
        // A storage that hangs may not hold up the news that the lock is lost.
        await lease.renewLease({ abortSignal: AbortSignal.timeout(renewedAt + leaseMs - askedAt) });
        renewedAt = askedAt;
      } catch (error) {
        log.host("warning", `The lock ${name} could not be renewed: ${describeStorageError(error)}`);
        if (ALREADY_THERE.includes(storageStatus(error) ?? 0)) return lost.abort();
      }
    }
  };
  const renewing = renew();

  return {
    lost: lost.signal,
    release: async () => {
      ended.abort();
      await renewing;
      // A lease that can't be given back runs out by itself.
      await lease.releaseLease().catch(() => undefined);
    },
  };
}

function ignoreExisting(error: unknown): void {
  if (!ALREADY_THERE.includes(storageStatus(error) ?? 0)) throw error;
}
