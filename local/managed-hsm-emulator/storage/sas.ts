import { sasMalformed, sasRefused } from "../wire/key-vault-error.ts";

/** What a backup needs of its SAS (the reference's "crdw"), and a restore. */
export const BACKUP_PERMISSIONS = "crdw";
export const RESTORE_PERMISSIONS = "r";

/** The service names the expiry first, and it alone was recorded. */
const NEEDED = [
  ["se", "expiry"],
  ["sv", "version"],
  ["sp", "permissions"],
  ["sig", "signature"],
] as const;

const SIGNATURE_REFUSED = "AuthenticationFailed";
const PERMISSION_REFUSED = "AuthorizationPermissionMismatch";

/**
 * Judges what can be read from a SAS without asking the storage: completeness, times, permissions, https only. Only the
 * storage can check, from the signature, whether it fits the container.
 * @throws Refusal 400 for a SAS that is malformed or allows http, 403 for one that gives too little
 */
export function judgeSas(token: string, permissions: string, now: Date, field: string): void {
  const sas = new URLSearchParams(token);
  for (const [name, meaning] of NEEDED) {
    if ((sas.get(name) ?? "") === "") throw sasMalformed(`The SAS token does not contain the ${meaning} field`);
  }
  judgeTimes(sas, now, field);
  judgeScope(sas, field);
  const missing = [...permissions].filter((permission) => !(sas.get("sp") ?? "").includes(permission));
  if (missing.length > 0) {
    const message = `${field}: the SAS lacks the permission ${missing.join(", ")} of ${permissions}.`;
    throw sasRefused(403, "SasPermissionMissing", message, PERMISSION_REFUSED);
  }
  if (sas.get("spr") !== "https") {
    throw sasRefused(
      400,
      "SasAllowsHttp",
      `${field}: the SAS has to be for https only (spr=https).`,
      "InvalidQueryParameterValue",
    );
  }
}

function judgeTimes(sas: URLSearchParams, now: Date, field: string): void {
  // A user delegation SAS ends with its key (ske) if that is earlier.
  for (const name of ["se", "ske"]) {
    const end = readTime(sas, name);
    if (end !== undefined && end <= now) {
      throw sasRefused(403, "SasExpired", `${field}: the SAS has expired (${name}).`, SIGNATURE_REFUSED);
    }
  }
  for (const name of ["st", "skt"]) {
    const start = readTime(sas, name);
    if (start !== undefined && start > now) {
      throw sasRefused(403, "SasNotYetValid", `${field}: the SAS is not valid yet (${name}).`, SIGNATURE_REFUSED);
    }
  }
}

/** A backup is a folder, so the SAS has to be one for a container (or for the account's containers and objects). */
function judgeScope(sas: URLSearchParams, field: string): void {
  const resource = sas.get("sr");
  const accountTypes = sas.get("srt");
  const isForContainer = resource === "c";
  const isForAccount = resource === null && (sas.get("ss") ?? "").includes("b") && (accountTypes ?? "").includes("o");
  if (!isForContainer && !isForAccount) {
    const message = `${field}: the SAS has to be one for a container (sr=c).`;
    throw sasRefused(403, "SasWrongResource", message, "AuthorizationResourceTypeMismatch");
  }
}

function readTime(sas: URLSearchParams, name: string): Date | undefined {
  const text = sas.get(name);
  if (text === null) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw sasMalformed(`The field ${name} is not a time`);
  return time;
}
