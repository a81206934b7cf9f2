import { apiVersionUnspecified, apiVersionUnsupported } from "./key-vault-error.ts";

const API_VERSIONS = ["7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01"] as const;

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
