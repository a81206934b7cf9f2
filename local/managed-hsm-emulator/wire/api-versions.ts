import { apiVersionUnspecified, apiVersionUnsupported } from "./key-vault-error.ts";

/** Every published version, oldest first: https://github.com/Azure/azure-rest-api-specs, specification/keyvault. */
export const API_VERSIONS = [
  "7.2-preview",
  "7.2",
  "7.3-preview",
  "7.3",
  "7.4-preview.1",
  "7.4",
  "7.5-preview.1",
  "7.5",
  "7.6-preview.1",
  "7.6-preview.2",
  "7.6",
  "2025-06-01-preview",
  "2025-07-01",
  "2026-01-01-preview",
  "2026-03-01-preview",
  "2026-04-01",
  "2026-05-01-preview",
  "2026-07-01-preview",
] as const;

export type ApiVersion = (typeof API_VERSIONS)[number];

/** The version of a request. @throws Refusal 400 when there is none or it is unknown */
export function parseApiVersion(text: string | null, path: string): ApiVersion {
  if (text === null || text === "") throw apiVersionUnspecified();
  const version = API_VERSIONS.find((known) => known === text);
  if (version === undefined) throw apiVersionUnsupported(path, text);
  return version;
}

/** Whether what came with version `since` exists in `version`. */
export const isSince = (since: ApiVersion, version: ApiVersion): boolean =>
  API_VERSIONS.indexOf(version) >= API_VERSIONS.indexOf(since);
