import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RestError } from "@azure/core-rest-pipeline";
import { AuthenticationError, CredentialUnavailableError } from "@azure/identity";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TimedOut } from "../../azure/identity/held-tokens.ts";
import { identityFailure } from "../../azure/identity/identity-failure.ts";
import { answerMissing } from "../../azure/managed-hsm/hsm-failures.ts";
import { REMEDIES } from "../../azure/remedies.ts";
import { naming, type Side, type StorageSide } from "../../azure/remedy.ts";
import { storageFailure } from "../../azure/storage/storage-call.ts";
import type { CallFailure, FailureReason } from "../../backup/model/call-failed.ts";
import { look, refuse, said, start, startByIdentity } from "./managed-hsm/hsm-refusal.ts";
import { OBJECT_ID } from "./secrets.ts";

const HSM_CALLS = { sas: start, managedIdentity: startByIdentity, look };
const isHsms = (side: Side): side is keyof typeof HSM_CALLS => Object.hasOwn(HSM_CALLS, side);

/** The failure of a call, as its adapter makes it. The last code is that of a nested error, where there are two. */
function fail(side: Side, status: number | null, codes: readonly string[], message: string): CallFailure {
  const [code = "", inner] = codes;
  if (side === "identity") return identityFailure(identityError(status, code, message), "get a token").failure;
  if (!isHsms(side)) return storageError(side, status, code, message);
  if (status === null) return answerMissing(HSM_CALLS[side], Object.assign(new Error(message), { code })).failure;
  const nested = inner === undefined ? undefined : { code: inner, message };
  return refuse(HSM_CALLS[side], status, said(code, message, nested));
}

function storageError(side: StorageSide, status: number | null, code: string, message: string): CallFailure {
  const target = side === "ledger" ? "backup-runs" : "mhsm-backup-contoso-2026-11-23";
  const thrown = code === "TypeError" ? new TypeError(message) : new RestError(message, statusAnd(status, code));
  return storageFailure(thrown, { operation: "call", target, account: "backups", side }).failure;
}

const statusAnd = (status: number | null, code: string) => (status === null ? { code } : { code, statusCode: status });

function identityError(status: number | null, code: string, message: string): Error {
  if (code === "TimedOut") return new TimedOut(1);
  const cause = status === null ? Object.assign(new Error(message), { errorCode: code }) : undefined;
  return cause ? new CredentialUnavailableError(message, { cause }) : new AuthenticationError(status ?? 0, message);
}

const LOGIN = "contoso.managedhsm.azure.net asks for credentials: put them into HTTPS_PROXY";
const ASSIGN = "az functionapp identity assign";
const CONTAINER = "--account-name backups --container-name mhsm-backup-contoso-2026-11-23";
const DELETED = "mhsm-backup-contoso-2026-11-23 was deleted";
const GRANT = '--role "Storage Blob Data Contributor" --assignee-object-id';
const HSM_IDENTITY = '"$(az keyvault show --hsm-name contoso --query "identity.userAssignedIdentities';
const OPEN = "az storage account update --name backups";
const SAS = "az storage account show --name backups --query primaryEndpoints.blob";
const ATTACH = "az keyvault update-hsm --hsm-name contoso --mi-user-assigned";
const ROLE = `az keyvault role assignment create --hsm-name contoso --role "Managed HSM Backup" --scope / --assignee-object-id ${OBJECT_ID}`;
const VERSION = "Set BACKUP_HSM_API_VERSION";

type Line = readonly [side: Side, status: number | null, codes: readonly string[], FailureReason, remedy: string];
const TABLE: readonly Line[] = [
  ["sas", 407, [], "noAnswer", LOGIN],
  ["look", 302, ["Found"], "unreadable", "A server other than contoso.managedhsm.azure.net"],
  ["sas", 202, ["InternalServerError"], "unreadable", "A server other than"],
  ["sas", 202, ["ContainerNotFound"], "sasRefused", DELETED],
  ["backups", 403, ["noCode"], "noAnswer", "A server other than"],
  ["queue", 200, ["PARSE_ERROR"], "unreadable", "A server other than the storage account backups"],
  ["look", 429, ["TooManyRequests"], "noAnswer", "az keyvault show --hsm-name contoso"],
  ["sas", 500, ["InternalServerError", "StorageError"], "noAnswer", "the app retries"],
  ["sas", 408, [], "noAnswer", "the app retries"],
  ["backups", 503, ["ServerBusy"], "noAnswer", "az storage account show --name backups"],
  ["identity", 429, [], "noAnswer", "the identity endpoint is busy"],
  ["identity", 503, [], "noAnswer", "the identity endpoint is busy"],
  ["identity", null, ["TimedOut"], "noAnswer", "The identity endpoint did not answer"],
  ["identity", null, ["network_error"], "noAnswer", "The identity endpoint did not answer"],
  ["identity", null, ["no_identity"], "noAnswer", ASSIGN],
  ["identity", 400, [], "noAnswer", "AZURE_CLIENT_ID"],
  ["identity", 404, [], "noAnswer", ASSIGN],
  ["identity", 403, [], "denied", ASSIGN],
  ["sas", null, ["ENOTFOUND"], "noAnswer", "BACKUP_HSM_URLS (az keyvault show --hsm-name contoso)"],
  ["ledger", null, ["EAI_AGAIN"], "noAnswer", "AzureWebJobsStorage (az storage account show --name backups)"],
  ["look", null, ["CERT_HAS_EXPIRED"], "noAnswer", "the clock of this machine"],
  ["look", null, ["DEPTH_ZERO_SELF_SIGNED_CERT"], "noAnswer", "NODE_EXTRA_CA_CERTS"],
  ["backups", null, ["ERR_TLS_CERT_ALTNAME_INVALID"], "noAnswer", "check BACKUP_STORAGE_URL, DNS"],
  ["backups", null, ["TypeError"], "noAnswer", "report it as a bug"],
  ["sas", null, ["ECONNREFUSED"], "noAnswer", "No connection to contoso.managedhsm.azure.net"],
  ["queue", null, ["ETIMEDOUT"], "noAnswer", "check AzureWebJobsStorage, the variable HTTPS_PROXY"],
  ["look", 401, ["Unauthorized"], "denied", "az keyvault show --hsm-name contoso --query properties.tenantId"],
  ["sas", 401, ["AuthenticationFailed"], "denied", "AZURE_CLIENT_ID"],
  ["ledger", 404, ["ContainerNotFound"], "ledgerMissing", "az storage container create --name backup-runs"],
  ["backups", 404, ["ContainerNotFound"], "notFound", DELETED],
  ["sas", 400, ["StorageError", "ContainerNotFound"], "sasRefused", DELETED],
  ["sas", 404, ["ContainerNotFound"], "sasRefused", DELETED],
  ["managedIdentity", 409, ["ContainerBeingDeleted"], "sasRefused", DELETED],
  ["queue", 409, ["QueueBeingDeleted"], "noAnswer", DELETED],
  ["managedIdentity", 400, ["BlobImmutableDueToPolicy"], "sasRefused", CONTAINER],
  ["backups", 409, ["BlobImmutableDueToPolicy"], "rejected", CONTAINER],
  ["sas", 403, ["SasPermissionMissing", "AuthorizationPermissionMismatch"], "sasRefused", `${GRANT} ${OBJECT_ID}`],
  ["managedIdentity", 403, ["AuthorizationPermissionMismatch"], "sasRefused", `${GRANT} ${HSM_IDENTITY}`],
  ["ledger", 403, ["AuthorizationPermissionMismatch"], "denied", '--role "Storage Blob Data Owner"'],
  ["queue", 403, ["AuthorizationPermissionMismatch"], "denied", '--role "Storage Queue Data Contributor"'],
  ["delegationKey", 403, ["AuthorizationPermissionMismatch"], "denied", '--role "Storage Blob Delegator"'],
  ["sas", 403, ["AuthorizationFailure"], "sasRefused", `${OPEN} --public-network-access Enabled`],
  ["managedIdentity", 403, ["AuthorizationFailure"], "sasRefused", `${OPEN} --bypass AzureServices`],
  ["ledger", 403, ["AuthorizationFailure"], "denied", "az storage account network-rule add --account-name backups"],
  ["backups", 403, ["AccountIsDisabled"], "denied", "must not be disabled"],
  ["ledger", 403, ["KeyBasedAuthenticationNotPermitted"], "denied", "AzureWebJobsStorage__accountName=backups"],
  ["ledger", 403, ["AuthenticationFailed"], "denied", "an account key in AzureWebJobsStorage"],
  ["backups", 401, ["InvalidAuthenticationInfo"], "denied", "belongs to its tenant"],
  ["backups", 403, ["SomethingNew"], "denied", '"Storage Blob Data Contributor" on the storage account backups'],
  ["sas", 400, ["UnsupportedApiVersion"], "rejected", VERSION],
  ["managedIdentity", 400, ["ApiVersionUnspecified"], "rejected", VERSION],
  ["sas", 403, ["SasExpired", "AuthenticationFailed"], "sasRefused", SAS],
  ["sas", 403, ["SasWrongResource", "AuthorizationResourceTypeMismatch"], "sasRefused", SAS],
  ["managedIdentity", 403, ["Forbidden", "AuthenticationFailed"], "sasRefused", ATTACH],
  ["sas", 400, ["BadRequest"], "sasRefused", SAS],
  ["sas", 400, ["SasAllowsHttp", "InvalidQueryParameterValue"], "sasRefused", "BACKUP_HSM_API_VERSION"],
  ["managedIdentity", 400, ["ManagedIdentityNotConfigured"], "sasRefused", ATTACH],
  ["managedIdentity", 400, ["BadRequest"], "sasRefused", `${GRANT} ${HSM_IDENTITY}`],
  ["sas", 403, ["AccessDenied"], "denied", ROLE],
  ["look", 403, ["Forbidden", "ForbiddenByFirewall"], "denied", "the HSM's firewall"],
  ["managedIdentity", 403, ["Forbidden"], "denied", ROLE],
  ["sas", 404, ["HsmNotFound"], "notFound", "az keyvault show --hsm-name contoso --query properties.hsmUri"],
  ["look", 404, ["JobNotFound"], "notFound", "doesn't know this job"],
  ["look", 404, ["ContainerNotFound"], "notFound", "doesn't know this job"],
  ["sas", 409, ["Conflict"], "busy", "Another backup or restore is running on contoso"],
  ["sas", 405, ["MethodNotAllowed"], "rejected", "check BACKUP_HSM_URLS"],
  ["look", 400, ["BadRequest"], "rejected", "check BACKUP_HSM_URLS"],
  ["backups", 400, ["InvalidResourceName"], "rejected", "check BACKUP_STORAGE_URL"],
];
/** What services say; from the second on, words that once chose the remedy. */
const WORDS = [
  "No.",
  "The customer provided SAS token is malformed.",
  "API version '6.0' isn't known.",
  "The container does not exist.",
  "Client address is not authorized: firewall, private endpoint, storage, managed identity.",
  "The token has expired: network unreachable, timed out, ECONNREFUSED.",
];

describe("the remedies", () => {
  test.each(TABLE)("%s: %s %j is %s", (side, status, codes, reason, remedy) => {
    const failure = fail(side, status, codes, "No.");
    expect(failure).toMatchObject({ status, reason, remedy: expect.stringContaining(remedy) });
  });

  test("have each a line in the table above", () => {
    const told = TABLE.map(([side, status, codes]) => fail(side, status, codes, "No.").remedy);
    const blanks = naming(Object.fromEntries(Object.keys(naming({})).map((name) => [name, "\0"])));
    const missing = REMEDIES.map(({ remedy }) => remedy(blanks).split("\0")).filter(
      (parts) => !told.some((remedy) => parts.every((part) => remedy.includes(part))),
    );
    expect(missing).toEqual([]);
  });

  test("are chosen by status and code: no words of a service change reason or remedy", () => {
    const words = fc.oneof(fc.constantFrom(...WORDS), fc.string());
    fc.assert(
      fc.property(fc.constantFrom(...TABLE), words, words, ([side, status, codes], one, other) => {
        const [first, second] = [one, other].map((message) => fail(side, status, codes, message));
        expect([first?.reason, first?.remedy]).toEqual([second?.reason, second?.remedy]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("of a start by the HSM's own identity speak of no SAS", () => {
    const own = TABLE.filter(([side]) => side === "managedIdentity");
    expect(own.length).toBeGreaterThan(5);
    for (const [side, status, codes] of own)
      expect(fail(side, status, codes, "No.").remedy).not.toMatch(/new SAS|BACKUP_SAS_LIFETIME|Delegator/);
  });

  test("each name a page of the runbooks, and a heading that it has", () => {
    for (const { remedy } of REMEDIES) {
      const [, page = "", , anchor] = / Runbook: ([a-z-]+\.md)(#([a-z-]+))?$/.exec(remedy(naming({}))) ?? [];
      const path = join(import.meta.dirname, "..", "..", "docs", "runbooks", page);
      expect(page !== "" && existsSync(path), remedy(naming({}))).toBe(true);
      const headings = [...readFileSync(path, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
        heading
          .toLowerCase()
          .replace(/[^a-z0-9 -]/g, "")
          .replaceAll(" ", "-"),
      );
      if (anchor !== undefined) expect(headings).toContain(anchor);
    }
  });
});
