import type { BlobLeaseClient, ContainerClient } from "@azure/storage-blob";
import { type Clock, systemClock } from "./clock.ts";
import { describeStorageError, storageStatus } from "./host-storage.ts";
import type { Log } from "./log.ts";

export type HeldLock = {
  /** Aborted as soon as another host may hold the lock. */
  readonly lost: AbortSignal;
  readonly release: () => Promise<void>;
};

/** Resolves when this host holds the lock; undefined once the signal is aborted. */
export type AcquireLock = (signal: AbortSignal) => Promise<HeldLock | undefined>;

/** The time between two attempts to acquire the lock. (A real host: one minute.) */
const LOOK_AGAIN_MS = 1_000;
const ALREADY_THERE = [409, 412];
const RENEWALS_PER_LEASE = 3;

/**
 * The singleton lock of a timer: a blob lease, so that only one of several hosts on one storage fires the timer. The lease
 * of a killed host expires; until then no other host acquires it.
 */
export function singletonLock(
  hostBlobs: ContainerClient,
  name: string,
  leaseSeconds: number,
  log: Log,
  clock: Clock = systemClock,
): AcquireLock {
  const blob = hostBlobs.getBlockBlobClient(`locks/${name}`);
  return async (signal) => {
    while (!signal.aborted) {
      try {
        await hostBlobs.createIfNotExists();
        await blob.upload("", 0, { conditions: { ifNoneMatch: "*" } }).catch(ignoreExisting);
        const lease = blob.getBlobLeaseClient();
        const askedAt = clock.now();
        await lease.acquireLease(leaseSeconds);
        return hold(lease, name, askedAt, leaseSeconds, log, clock);
      } catch (error) {
        const isTaken = ALREADY_THERE.includes(storageStatus(error) ?? 0);
        if (!isTaken) log.host("warning", `The lock ${name} could not be acquired: ${describeStorageError(error)}`);
      }
      await clock.pause(LOOK_AGAIN_MS, signal);
    }
    return undefined;
  };
}

/** For a timer without a lock: acquired at once and never lost. */
export const noLock: AcquireLock = async (signal) =>
  signal.aborted ? undefined : { lost: new AbortController().signal, release: async () => undefined };

function hold(
  lease: BlobLeaseClient,
  name: string,
  heldSince: number,
  leaseSeconds: number,
  log: Log,
  clock: Clock,
): HeldLock {
  const lost = new AbortController();
  const ended = new AbortController();
  const leaseMs = leaseSeconds * 1_000;

  const renew = async (): Promise<void> => {
    let renewedAt = heldSince;
    for (;;) {
      const untilLost = renewedAt + leaseMs - clock.now();
      await clock.pause(Math.min(leaseMs / RENEWALS_PER_LEASE, Math.max(untilLost, 0)), ended.signal);
      if (ended.signal.aborted) return;
      if (clock.now() >= renewedAt + leaseMs) return lost.abort();
      const askedAt = clock.now();
      try {
        // A storage that does not answer must not delay the loss of the lock.
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
      // A lease that can't be released expires.
      await lease.releaseLease().catch(() => undefined);
    },
  };
}

function ignoreExisting(error: unknown): void {
  if (!ALREADY_THERE.includes(storageStatus(error) ?? 0)) throw error;
}
