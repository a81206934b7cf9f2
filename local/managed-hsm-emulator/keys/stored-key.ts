import {
  isFields,
  optionalNumber,
  optionalStringMap,
  optionalStrings,
  parseKnownFields,
  requiredNumber,
  requiredString,
} from "../wire/fields.ts";
import { badParameter } from "../wire/key-vault-error.ts";

/** A JSON Web Key with its private part; it leaves the HSM only inside a backup. */
export type KeyMaterial = Readonly<Record<string, string>>;

export type KeyVersion = {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly keyType: string;
  readonly material: KeyMaterial;
  readonly operations: readonly string[];
  readonly enabled: boolean;
  /** Seconds since the epoch, as all times here. */
  readonly created: number;
  readonly updated: number;
  readonly notBefore?: number;
  readonly expires?: number;
  readonly tags?: Readonly<Record<string, string>>;
};

export type StoredKey = {
  readonly name: string;
  /** Oldest first, never empty. */
  readonly versions: readonly KeyVersion[];
  /** Only while the key is deleted, but not purged. */
  readonly deletedAt?: number;
};

export type KeyStore = Map<string, StoredKey>;

const TIME = { min: 0, whole: true } as const;

/** Reads a key back from a backup. @throws Refusal when it is not one; its blob was sealed, so that would be a bug */
export function parseStoredKey(value: unknown): StoredKey {
  const fields = parseKnownFields(value, "key.", ["name", "versions", "deletedAt"]);
  const deletedAt = optionalNumber(fields, "deletedAt", TIME, "key.");
  if (!Array.isArray(fields.versions) || fields.versions.length === 0)
    throw badParameter("key.versions: expected a list.");
  return {
    name: requiredString(fields, "name", "key."),
    versions: fields.versions.map(parseKeyVersion),
    ...(deletedAt === undefined ? {} : { deletedAt }),
  };
}

function parseKeyVersion(value: unknown): KeyVersion {
  if (!isFields(value)) throw badParameter("key.versions: expected objects.");
  const notBefore = optionalNumber(value, "notBefore", TIME);
  const expires = optionalNumber(value, "expires", TIME);
  const tags = optionalStringMap(value, "tags");
  return {
    id: requiredString(value, "id"),
    keyType: requiredString(value, "keyType"),
    material: optionalStringMap(value, "material") ?? {},
    operations: optionalStrings(value, "operations") ?? [],
    enabled: value.enabled === true,
    created: requiredNumber(value, "created", TIME),
    updated: requiredNumber(value, "updated", TIME),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(expires === undefined ? {} : { expires }),
    ...(tags === undefined ? {} : { tags }),
  };
}
