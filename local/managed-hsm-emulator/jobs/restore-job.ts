import type { Hsm } from "../hsm.ts";
import { parseStoredKey, type StoredKey } from "../keys/stored-key.ts";
import { readBlob, StorageRefusal } from "../storage/storage-container.ts";
import type { Storage } from "../storage/storage-parameters.ts";
import { digest, KEYS_PREFIX, MANIFEST } from "./backup-content.ts";
import { type ManifestEntry, readManifest } from "./backup-manifest.ts";
import { JobFailure } from "./job.ts";
import type { Pace } from "./pace.ts";
import type { JobWork } from "./run-job.ts";
import { type SecurityDomain, unseal } from "./security-domain.ts";

/** What is done with the keys of a backup once all of it was read and found whole. @returns the job's details, if any */
export type RestoreUse = (keys: readonly StoredKey[]) => string | undefined;

/** Everything that the HSM holds is replaced by what it held at the time of the backup, deleted keys included. */
export const replaceAllKeys =
  (hsm: Hsm): RestoreUse =>
  (keys) => {
    hsm.keys.clear();
    for (const key of keys) hsm.keys.set(key.name, key);
    return undefined;
  };

/** One key, with all its versions, is put back; no other is touched. The details are worded as the service's were recorded. */
export const replaceOneKey =
  (hsm: Hsm, name: string): RestoreUse =>
  (keys) => {
    const key = keys.find((candidate) => candidate.name === name);
    if (key === undefined)
      throw new JobFailure({ code: "KeyNotFound", message: `The backup holds no key named ${name}.` });
    const { deletedAt: _, ...live } = key;
    const held = new Set(hsm.keys.get(name)?.versions.map(({ id }) => id));
    const kept = live.versions.filter(({ id }) => held.has(id)).length;
    hsm.keys.set(name, live);
    const restored = live.versions.length - kept;
    return `Number of successful key versions restored: ${restored}, Number of key versions could not overwrite: ${kept}`;
  };

/**
 * The work of every kind of restore: the manifest says which blobs there are (a SAS with `crdw` can't list), each is
 * read back and checked, and only then is anything changed.
 */
export function makeRestoreWork(hsm: Hsm, storage: Storage, folderPath: string, use: RestoreUse): JobWork {
  const path = storage.address.prefix + folderPath;
  const folder = path.slice(path.lastIndexOf("/") + 1);
  return async (job, pace, signal) => {
    const read = async (name: string): Promise<Buffer> => {
      const content = await readBlob(storage.container, `${path}/${name}`, signal);
      job.blobCount += 1;
      job.bytes += content.length;
      return content;
    };
    const entries = await readEntries(read, hsm.securityDomain, folder);
    const keys = await readKeys(entries, read, pace, hsm.securityDomain, folder);
    await pace(1);
    const details = use(keys);
    if (details !== undefined) job.details = details;
  };
}

type Read = (name: string) => Promise<Buffer>;

async function readEntries(read: Read, domain: SecurityDomain, folder: string): Promise<readonly ManifestEntry[]> {
  const content = await readOr(read, MANIFEST, "BackupNotFound", `The folder ${folder} holds no backup.`);
  const manifest = readManifest(content, domain, folder);
  if (manifest.kind === "readable") return manifest.blobs;
  if (manifest.kind === "damaged") throw damaged(MANIFEST);
  throw new JobFailure({
    code: "SecurityDomainMismatch",
    message: "The backup is of another HSM: it is encrypted under another security domain.",
  });
}

async function readKeys(
  entries: readonly ManifestEntry[],
  read: Read,
  pace: Pace,
  domain: SecurityDomain,
  folder: string,
): Promise<readonly StoredKey[]> {
  const keys: StoredKey[] = [];
  for (const [index, entry] of entries.entries()) {
    await pace(index / entries.length);
    const content = await readOr(
      read,
      entry.name,
      "BackupIncomplete",
      `The blob ${entry.name} of the backup is missing.`,
    );
    const opened = digest(content) === entry.sha256 ? unseal(domain, `${folder}/${entry.name}`, content) : undefined;
    if (opened === undefined) throw damaged(entry.name);
    if (entry.name.startsWith(KEYS_PREFIX)) keys.push(parseStoredKey(JSON.parse(opened.toString("utf8"))));
  }
  return keys;
}

async function readOr(read: Read, name: string, code: string, message: string): Promise<Buffer> {
  try {
    return await read(name);
  } catch (error) {
    if (!(error instanceof StorageRefusal) || error.status !== 404) throw error;
    throw new JobFailure({ code, message, innererror: { code: error.code, message: error.message } });
  }
}

const damaged = (blob: string): JobFailure =>
  new JobFailure({ code: "BackupDamaged", message: `The blob ${blob} is not what the backup wrote.` });
