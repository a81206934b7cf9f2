import type { Hsm } from "../hsm.ts";
import type { Request } from "../wire/answer.ts";
import { type ApiVersion, isSince } from "../wire/api-versions.ts";
import type { KeyVersion, StoredKey } from "./stored-key.ts";

// What may leave the HSM of a key's material.
const PUBLIC_PARTS = ["n", "e", "crv", "x", "y"];

const RECOVERABLE_DAYS = 90;
const SECONDS_PER_DAY = 86_400;
const HSM_PLATFORM = "2";

/** The id of a key is at the HSM's own port: official clients count the segments of its path. */
const keyId = (hsm: Hsm, key: StoredKey, version?: KeyVersion): string =>
  `${hsm.rootUrl}/keys/${key.name}${version === undefined ? "" : `/${version.id}`}`;

/** A `KeyBundle`; for a deleted key a `DeletedKeyBundle`. */
export function describeKey(hsm: Hsm, request: Request, key: StoredKey, version: KeyVersion): object {
  const publicParts = Object.entries(version.material).filter(([name]) => PUBLIC_PARTS.includes(name));
  return {
    key: {
      kid: keyId(hsm, key, version),
      kty: version.keyType,
      key_ops: version.operations,
      ...Object.fromEntries(publicParts),
    },
    attributes: describeAttributes(version, request.version),
    ...describeTags(version),
    ...describeDeletion(request.base, key),
  };
}

/** A `KeyItem` of a list: of a key as a whole without a version in its id, of one version with it. */
export function describeItem(
  hsm: Hsm,
  request: Request,
  key: StoredKey,
  version: KeyVersion,
  isListOfVersions: boolean,
): object {
  return {
    kid: keyId(hsm, key, isListOfVersions ? version : undefined),
    attributes: describeAttributes(version, request.version),
    ...describeTags(version),
    ...describeDeletion(request.base, key),
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

function describeDeletion(base: string, key: StoredKey): object {
  if (key.deletedAt === undefined) return {};
  return {
    recoveryId: `${base}/deletedkeys/${key.name}`,
    deletedDate: key.deletedAt,
    scheduledPurgeDate: key.deletedAt + RECOVERABLE_DAYS * SECONDS_PER_DAY,
  };
}
