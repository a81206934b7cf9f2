import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

/** What the backups of one HSM are encrypted under. */
export type SecurityDomain = { readonly id: string; readonly key: Buffer };

const MAGIC = Buffer.from("MHSMEMU1", "latin1");
const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const ID_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The security domain of an emulated HSM. It follows from tenant and name alone, so that a backup can be restored after
 * the emulator was started anew, as into a real HSM that outlives its clients; it protects nothing.
 */
export function makeSecurityDomain(tenantId: string, hsm: string): SecurityDomain {
  const derive = (use: string, length: number): Buffer =>
    Buffer.from(hkdfSync("sha256", `${tenantId}/${hsm}`, "managed-hsm-emulator", use, length));
  return { id: derive("id", ID_BYTES).toString("hex"), key: derive("key", KEY_BYTES) };
}

/** Encrypts `content` for a blob. `place` (folder and blob) is bound to it: blobs can't change places unnoticed. */
export function seal(domain: SecurityDomain, place: string, content: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, domain.key, nonce).setAAD(Buffer.from(place));
  return Buffer.concat([MAGIC, nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts what `seal` made; undefined when it is damaged, from elsewhere or of another security domain. */
export function unseal(domain: SecurityDomain, place: string, sealed: Buffer): Buffer | undefined {
  const start = MAGIC.length + NONCE_BYTES;
  if (sealed.length < start + TAG_BYTES || !sealed.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const decipher = createDecipheriv(CIPHER, domain.key, sealed.subarray(MAGIC.length, start)).setAAD(
    Buffer.from(place),
  );
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(start, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** A code that only this security domain can make: it shows that a manifest was not changed. */
export const authenticate = (domain: SecurityDomain, text: string): string =>
  createHmac("sha256", domain.key).update(text).digest("hex");

export const isAuthentic = (domain: SecurityDomain, text: string, code: string): boolean => {
  const expected = Buffer.from(authenticate(domain, text), "hex");
  const shown = Buffer.from(code, "hex");
  return shown.length === expected.length && timingSafeEqual(shown, expected);
};
