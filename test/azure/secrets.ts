import { inspect } from "node:util";
import type { Identity } from "../../azure/identity/held-tokens.ts";
import { secret } from "../../backup/model/secret.ts";
import type { IdentityTarget, SasTarget } from "../../backup/ports.ts";

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

export const OBJECT_ID = "11111111-2222-4333-8444-555555555555";
export const TOKEN = [
  encoded({ typ: "JWT", alg: "RS256" }),
  encoded({ aud: "https://managedhsm.azure.net", oid: OBJECT_ID, tid: "0f0f0f0f-1111-4222-8333-444444444444" }),
  "a-signature-of-the-token_0123456789",
].join(".");

const SIGNATURE = "Sign+ature/of/the/SAS/0123456789abcdefghijk=";
export const SAS = `sv=2024-11-04&se=2026-11-24T02%3A00%3A00Z&sr=c&sp=crdw&spr=https&sig=${encodeURIComponent(SIGNATURE)}`;

export const CONTAINER_URL = "https://backups.blob.core.windows.net/mhsm-backup-contoso-2026-11-23";
export const TARGET: SasTarget = { authentication: "sas", containerUrl: CONTAINER_URL, sas: secret(SAS) };
export const IDENTITY_TARGET: IdentityTarget = { authentication: "managedIdentity", containerUrl: CONTAINER_URL };

const ONE_HOUR = 3_600_000;

export const identity: Identity = {
  getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + ONE_HOUR }),
};

const PIECES = [TOKEN, ...TOKEN.split("."), SAS, SIGNATURE, encodeURIComponent(SIGNATURE)];
// Also past an error's own way of printing itself, which may leave out what it holds.
const shown = (value: unknown): string =>
  [true, false]
    .map((customInspect) => inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, customInspect }))
    .join("\n");

/** The secrets that can be read in a value, however it is printed. */
export function secretsIn(value: unknown): readonly string[] {
  const stack =
    value instanceof Error
      ? [value.message, value.stack, JSON.stringify(value, Object.getOwnPropertyNames(value))]
      : [];
  const prints = [String(value), JSON.stringify(value), shown(value), ...stack].join("\n");
  return PIECES.filter((piece) => prints.includes(piece));
}
