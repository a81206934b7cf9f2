import type { Hsm } from "../hsm.ts";
import { folderUrl } from "../storage/storage-address.ts";
import { removeBlob, writeBlob } from "../storage/storage-container.ts";
import type { Storage } from "../storage/storage-parameters.ts";
import { makeBackup } from "./backup-content.ts";
import type { JobWork } from "./run-job.ts";

/**
 * The work of a full backup: what the HSM holds at the start is written blob by blob into a folder that starts with a
 * dot, and moved to its final place at the end, so that the folder named in the status is always where the blobs are.
 * This is what takes all of `crdw`.
 */
export function makeBackupWork(hsm: Hsm, storage: Storage, startedAt: Date, writesNothing: boolean): JobWork {
  const folder = nameFolder(hsm.name, startedAt);
  const keys = [...hsm.keys.values()];
  return async (job, pace, signal) => {
    const { address, container } = storage;
    const blobs = writesNothing ? [] : makeBackup(hsm.name, hsm.securityDomain, folder, keys, startedAt);
    for (const [index, blob] of blobs.entries()) {
      await pace(index / blobs.length);
      await writeBlob(container, `${address.prefix}.${folder}/${blob.name}`, blob.content, signal);
      job.folderUrl = folderUrl(address, `.${folder}`);
      job.blobCount += 1;
      job.bytes += blob.content.length;
    }
    await pace(1);
    for (const blob of blobs) {
      await writeBlob(container, `${address.prefix}${folder}/${blob.name}`, blob.content, signal);
      await removeBlob(container, `${address.prefix}.${folder}/${blob.name}`, signal);
    }
    job.folderUrl = folderUrl(address, folder);
  };
}

// 16 digits, as seen of the service: yyyyMMddHHmmss and hundredths of a second, in UTC.
const FOLDER_DIGITS = 16;

const nameFolder = (hsm: string, time: Date): string =>
  `mhsm-${hsm}-${time.toISOString().replaceAll(/\D/g, "").slice(0, FOLDER_DIGITS)}`;
