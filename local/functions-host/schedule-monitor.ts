import type { ContainerClient } from "@azure/storage-blob";
import { storageStatus } from "./host-storage.ts";
import { parseStoredStatus, type ScheduleStatus, toStoredStatus } from "./schedule-status.ts";

/** Keeps in a blob when a timer fired last and is due next, so that a host that was down knows what it missed. */
export type ScheduleMonitor = {
  readonly read: () => Promise<ScheduleStatus | undefined>;
  readonly write: (status: ScheduleStatus) => Promise<void>;
};

const NOT_FOUND = 404;

export function scheduleMonitor(hostBlobs: ContainerClient, hostId: string, functionName: string): ScheduleMonitor {
  const blob = hostBlobs.getBlockBlobClient(`timers/${hostId}/Host.Functions.${functionName}/status`);
  return {
    read: async () => {
      try {
        return parseStoredStatus((await blob.downloadToBuffer()).toString("utf8"));
      } catch (error) {
        if (storageStatus(error) === NOT_FOUND) return undefined;
        throw error;
      }
    },
    write: async (status) => {
      const text = JSON.stringify(toStoredStatus(status));
      await blob.upload(text, Buffer.byteLength(text), { blobHTTPHeaders: { blobContentType: "application/json" } });
    },
  };
}
