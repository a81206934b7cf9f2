import { isFields, parseKnownFields, requiredNumber, requiredString } from "../wire/fields.ts";
import { badParameter } from "../wire/key-vault-error.ts";
import { FORMAT } from "./backup-content.ts";
import { isAuthentic, type SecurityDomain } from "./security-domain.ts";

export type ManifestEntry = { readonly name: string; readonly bytes: number; readonly sha256: string };

export type Manifest =
  | { readonly kind: "readable"; readonly blobs: readonly ManifestEntry[] }
  | { readonly kind: "foreign" }
  | { readonly kind: "damaged" };

/** Reads a manifest: `foreign` when it is of another security domain, `damaged` when it isn't what was once written. */
export function readManifest(content: Buffer, domain: SecurityDomain, folder: string): Manifest {
  try {
    const outer: unknown = JSON.parse(content.toString("utf8"));
    const fields = parseKnownFields(outer, "manifest.", ["securityDomain", "contents", "code"]);
    if (requiredString(fields, "securityDomain") !== domain.id) return { kind: "foreign" };
    const contents = requiredString(fields, "contents");
    if (!isAuthentic(domain, contents, requiredString(fields, "code"))) return { kind: "damaged" };
    const inner: unknown = JSON.parse(contents);
    if (!isFields(inner) || inner.format !== FORMAT || inner.folder !== folder) return { kind: "damaged" };
    return { kind: "readable", blobs: parseEntries(inner.blobs) };
  } catch {
    return { kind: "damaged" };
  }
}

function parseEntries(value: unknown): readonly ManifestEntry[] {
  if (!Array.isArray(value)) throw badParameter("manifest.blobs: expected a list.");
  return value.map((item: unknown) => {
    const entry = parseKnownFields(item, "manifest.blobs.", ["name", "bytes", "sha256"]);
    return {
      name: requiredString(entry, "name"),
      bytes: requiredNumber(entry, "bytes", { min: 0, whole: true }),
      sha256: requiredString(entry, "sha256"),
    };
  });
}
