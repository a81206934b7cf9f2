import type { Hsm } from "../hsm.ts";
import { noSuchDeletedKey, noSuchKey } from "../wire/key-vault-error.ts";
import type { KeyVersion, StoredKey } from "./stored-key.ts";

/** @throws Refusal 404 when there is no such key, or it is deleted */
export function findLiveKey(hsm: Hsm, name: string): StoredKey {
  const key = hsm.keys.get(name);
  if (key === undefined || key.deletedAt !== undefined) throw noSuchKey(name);
  return key;
}

/** @throws Refusal 404 when there is no such deleted key */
export function findDeletedKey(hsm: Hsm, name: string): StoredKey {
  const key = hsm.keys.get(name);
  if (key?.deletedAt === undefined) throw noSuchDeletedKey(name);
  return key;
}

/** The version with this id, or the latest for an empty id. @throws Refusal 404 */
export function findVersion(key: StoredKey, id: string): KeyVersion {
  const version = id === "" ? latest(key) : key.versions.find((candidate) => candidate.id === id);
  if (version === undefined) throw noSuchKey(`${key.name}/${id}`);
  return version;
}

export function latest(key: StoredKey): KeyVersion {
  const version = key.versions.at(-1);
  if (version === undefined) throw new TypeError(`The key ${key.name} has no version.`);
  return version;
}
