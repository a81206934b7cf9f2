import { createHash } from "node:crypto";
import type { StoredKey } from "../keys/stored-key.ts";
import { authenticate, type SecurityDomain, seal } from "./security-domain.ts";

export type BackupBlob = { readonly name: string; readonly content: Buffer };

export const MANIFEST = "manifest.json";
export const KEYS_PREFIX = "keys/";
export const FORMAT = "managed-hsm-emulator/1";

// The size of a blob reveals nothing about its content: it is padded with spaces, which JSON ignores.
const PADDED_TO_BYTES = 16_384;
const NUMBER_DIGITS = 6;

// The built-in role that the HSM's first administrator holds: a real backup contains role assignments too.
const ADMINISTRATOR = "a290e904-7015-4bba-90c8-60543313cdb4";

/**
 * Makes the blobs of a full backup, in the order in which they are written. Names of keys are inside, encrypted. The
 * manifest comes last, so that a folder without it is not a backup.
 * @param folder the name of the backup's own folder, which every blob is bound to
 */
export function makeBackup(
  hsm: string,
  domain: SecurityDomain,
  folder: string,
  keys: readonly StoredKey[],
  now: Date,
): readonly BackupBlob[] {
  const contents: readonly (readonly [name: string, value: unknown])[] = [
    ["role-definitions.bin", { roles: [ADMINISTRATOR] }],
    ["role-assignments.bin", { assignments: [{ role: ADMINISTRATOR, scope: "/" }] }],
    ...keys.map((key, index): readonly [string, unknown] => [keyBlobName(index), key]),
  ];
  const blobs = contents.map(([name, value]) => ({ name, content: seal(domain, `${folder}/${name}`, pad(value)) }));
  return [...blobs, { name: MANIFEST, content: makeManifest(hsm, domain, folder, blobs, now) }];
}

export const digest = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

const keyBlobName = (index: number): string => `${KEYS_PREFIX}${String(index + 1).padStart(NUMBER_DIGITS, "0")}.bin`;

function pad(value: unknown): Buffer {
  const content = Buffer.from(JSON.stringify(value));
  const padded = Buffer.alloc(Math.ceil(content.length / PADDED_TO_BYTES) * PADDED_TO_BYTES, " ");
  content.copy(padded);
  return padded;
}

function makeManifest(
  hsm: string,
  domain: SecurityDomain,
  folder: string,
  blobs: readonly BackupBlob[],
  now: Date,
): Buffer {
  const contents = JSON.stringify({
    format: FORMAT,
    hsm,
    folder,
    created: now.toISOString(),
    blobs: blobs.map(({ name, content }) => ({ name, bytes: content.length, sha256: digest(content) })),
  });
  return Buffer.from(JSON.stringify({ securityDomain: domain.id, contents, code: authenticate(domain, contents) }));
}
