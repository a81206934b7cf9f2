import type { Emulator, Hsm } from "../hsm.ts";
import { type ApiVersion, isSince } from "../wire/api-versions.ts";
import type { KeyVersion, StoredKey } from "./stored-key.ts";

// What may leave the HSM of a key's material.
const PUBLIC_PARTS = ["n", "e", "crv", "x", "y"];

const RECOVERABLE_DAYS = 90;
const SECONDS_PER_DAY = 86_400;
const HSM_PLATFORM = "2";

/**
 * The id of a key. It has to be `{origin}/keys/{name}/{version}`: official clients count the segments of its path, so
 * the HSM's name can't stand in it. A version's id is unique in an emulator, and its address is answered.
 */
const keyId = (emulator: Emulator, key: StoredKey, version?: KeyVersion): string =>
  `${emulator.origin}/keys/${key.name}${version === undefined ? "" : `/${version.id}`}`;

/** A `KeyBundle`; for a deleted key a `DeletedKeyBundle`. */
export function describeKey(
  emulator: Emulator,
  hsm: Hsm,
  key: StoredKey,
  version: KeyVersion,
  apiVersion: ApiVersion,
): object {
  const publicParts = Object.entries(version.material).filter(([name]) => PUBLIC_PARTS.includes(name));
  return {
    key: {
      kid: keyId(emulator, key, version),
      kty: version.keyType,
      key_ops: version.operations,
      ...Object.fromEntries(publicParts),
    },
    attributes: describeAttributes(version, apiVersion),
    ...describeTags(version),
    ...describeDeletion(hsm, key),
  };
}

/** A `KeyItem` of a list: of a key as a whole without a version in its id, of one version with it. */
export function describeItem(
  emulator: Emulator,
  hsm: Hsm,
  key: StoredKey,
  version: KeyVersion,
  apiVersion: ApiVersion,
  isListOfVersions: boolean,
): object {
  return {
    kid: keyId(emulator, key, isListOfVersions ? version : undefined),
    attributes: describeAttributes(version, apiVersion),
    ...describeTags(version),
    ...describeDeletion(hsm, key),
  };
}

function describeAttributes(version: KeyVersion, apiVersion: ApiVersion): object {
  return {
    enabled: version.enabled,
    ...(version.notBefore === undefined ? {} : { nbf: version.notBefore }),
    ...(version.expires === undefined ? {} : { exp: version.expires }),
    created: version.created,
    updated: version.updated,
    recoveryLevel: "Recoverable+Purgeable",
    recoverableDays: RECOVERABLE_DAYS,
    exportable: false,
    ...(isSince("7.5-preview.1", apiVersion) ? { hsmPlatform: HSM_PLATFORM } : {}),
  };
}

const describeTags = (version: KeyVersion): object => (version.tags === undefined ? {} : { tags: version.tags });

function describeDeletion(hsm: Hsm, key: StoredKey): object {
  if (key.deletedAt === undefined) return {};
  return {
    recoveryId: `${hsm.url}/deletedkeys/${key.name}`,
    deletedDate: key.deletedAt,
    scheduledPurgeDate: key.deletedAt + RECOVERABLE_DAYS * SECONDS_PER_DAY,
  };
}
