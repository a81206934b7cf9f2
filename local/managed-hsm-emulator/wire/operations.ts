import type { ApiVersion } from "./api-versions.ts";

export const JOB_STARTS = ["backup", "prebackup", "restore", "keyRestore", "prerestore"] as const;
export const LOOKS = ["backupStatus", "restoreStatus"] as const;
const KEY_OPERATIONS = [
  "createKey",
  "listKeys",
  "listKeyVersions",
  "getKey",
  "updateKey",
  "deleteKey",
  "listDeletedKeys",
  "getDeletedKey",
  "purgeKey",
  "recoverKey",
] as const;
export const OPERATIONS = [...JOB_STARTS, ...LOOKS, ...KEY_OPERATIONS] as const;

export type JobStart = (typeof JOB_STARTS)[number];
export type Look = (typeof LOOKS)[number];
export type KeyOperation = (typeof KEY_OPERATIONS)[number];
export type Operation = (typeof OPERATIONS)[number];

/** What a method and path ask for: `name` is the key's name or the job's id, empty where there is none. */
export type Route = { readonly operation: Operation; readonly name: string; readonly version: string };

type Pattern = readonly [method: string, path: string, operation: Operation, since?: ApiVersion];

// The first that fits wins, so a fixed word stands before a placeholder.
const PATTERNS: readonly Pattern[] = [
  ["POST", "backup", "backup"],
  ["GET", "backup/{name}/pending", "backupStatus"],
  ["POST", "prebackup", "prebackup", "7.6-preview.1"],
  ["PUT", "restore", "restore"],
  ["GET", "restore/{name}/pending", "restoreStatus"],
  ["PUT", "prerestore", "prerestore", "7.6-preview.1"],
  ["PUT", "keys/{name}/restore", "keyRestore"],
  ["GET", "keys", "listKeys"],
  ["POST", "keys/{name}/create", "createKey"],
  ["GET", "keys/{name}/versions", "listKeyVersions"],
  ["GET", "keys/{name}", "getKey"],
  ["GET", "keys/{name}/{version}", "getKey"],
  ["PATCH", "keys/{name}", "updateKey"],
  ["PATCH", "keys/{name}/{version}", "updateKey"],
  ["DELETE", "keys/{name}", "deleteKey"],
  ["GET", "deletedkeys", "listDeletedKeys"],
  ["GET", "deletedkeys/{name}", "getDeletedKey"],
  ["DELETE", "deletedkeys/{name}", "purgeKey"],
  ["POST", "deletedkeys/{name}/recover", "recoverKey"],
];

/**
 * The operation that a request is for. Empty segments were dropped before: the page's sample doubles a slash, and
 * official clients ask for a key's latest version with an empty version.
 */
export function findRoute(
  method: string,
  segments: readonly string[],
): (Route & { readonly since: ApiVersion }) | "wrongMethod" | undefined {
  let isPathKnown = false;
  for (const [wantedMethod, path, operation, since = "7.2-preview"] of PATTERNS) {
    const values = match(path.split("/"), segments);
    if (values === undefined) continue;
    isPathKnown = true;
    if (wantedMethod === method) return { operation, name: "", version: "", ...values, since };
  }
  return isPathKnown ? "wrongMethod" : undefined;
}

function match(pattern: readonly string[], segments: readonly string[]): Partial<Route> | undefined {
  if (pattern.length !== segments.length) return undefined;
  let values: Partial<Route> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (part === "{name}") values = { ...values, name: segment };
    else if (part === "{version}") values = { ...values, version: segment };
    else if (part !== segment) return undefined;
  }
  return values;
}

export const isJobStart = (operation: Operation | "any"): operation is JobStart =>
  JOB_STARTS.some((start) => start === operation);

export const isLook = (operation: Operation | "any"): operation is Look => LOOKS.some((look) => look === operation);
