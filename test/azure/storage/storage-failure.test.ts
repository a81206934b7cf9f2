import { inspect } from "node:util";
import { createHttpHeaders, createPipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { AggregateAuthenticationError, AuthenticationError, CredentialUnavailableError } from "@azure/identity";
import { describe, expect, test } from "vitest";
import { NoToken } from "../../../azure/identity/held-tokens.ts";
import { identityFailure } from "../../../azure/identity/identity-failure.ts";
import { callStorage, type StorageCall, storageFailure } from "../../../azure/storage/storage-call.ts";
import type { StorageSide } from "../../../azure/storage/storage-remedies.ts";
import { CallFailed, type FailureReason } from "../../../backup/model/call-failed.ts";

const ACCOUNT = "backupaccount";
const about = (side: StorageSide): StorageCall => ({
  operation: "create the container",
  target: side === "ledger" ? "backup-runs" : "mhsm-backup-contoso-2026-11-23",
  account: ACCOUNT,
  side,
});

type Row = readonly [side: StorageSide, status: number | null, code: string, FailureReason, remedy: string];

const ROWS: readonly Row[] = [
  [
    "backups",
    403,
    "AuthorizationPermissionMismatch",
    "denied",
    '"Storage Blob Data Contributor" on the storage account',
  ],
  [
    "delegationKey",
    403,
    "AuthorizationPermissionMismatch",
    "denied",
    '"Storage Blob Delegator" on the storage account',
  ],
  ["ledger", 403, "AuthorizationPermissionMismatch", "denied", '"Storage Blob Data Owner"'],
  ["queue", 403, "AuthorizationPermissionMismatch", "denied", '"Storage Queue Data Contributor"'],
  ["backups", 403, "AuthorizationFailure", "denied", "public network"],
  ["ledger", 403, "AuthorizationFailure", "denied", "firewall of the storage account backupaccount"],
  ["ledger", 403, "KeyBasedAuthenticationNotPermitted", "denied", "AzureWebJobsStorage__accountName=backupaccount"],
  ["backups", 403, "AuthenticationFailed", "denied", "clock"],
  ["ledger", 403, "AuthenticationFailed", "denied", "account key"],
  ["backups", 401, "InvalidAuthenticationInfo", "denied", "tenant"],
  ["backups", 403, "SomethingNew", "denied", "az role assignment create"],
  ["backups", null, "ENOTFOUND", "noAnswer", "BACKUP_STORAGE_URL"],
  ["ledger", null, "ENOTFOUND", "noAnswer", "AzureWebJobsStorage"],
  ["backups", null, "ECONNREFUSED", "noAnswer", "the app retries"],
  ["backups", null, "SELF_SIGNED_CERT_IN_CHAIN", "noAnswer", "NODE_EXTRA_CA_CERTS"],
  ["backups", 409, "ContainerBeingDeleted", "noAnswer", "the app retries"],
  ["backups", 503, "ServerBusy", "noAnswer", "busy"],
  ["backups", 500, "InternalError", "noAnswer", "busy"],
  ["backups", 408, "RequestTimeout", "noAnswer", "RequestTimeout"],
  ["ledger", 404, "ContainerNotFound", "ledgerMissing", "az storage container create --name backup-runs"],
  ["backups", 404, "ContainerNotFound", "notFound", "Find out what deleted the container"],
  ["backups", 409, "BlobImmutableDueToPolicy", "rejected", "immutability"],
  ["backups", 400, "InvalidResourceName", "rejected", "InvalidResourceName"],
];

describe("a call that storage refused", () => {
  test.each(ROWS)("%s: %s %s is %s, with what to do about it", (side, status, code, reason, remedy) => {
    const options = status === null ? { code } : { code, statusCode: status };
    const { failure, message } = storageFailure(new RestError(`${code}: no`, options), about(side));
    expect(failure).toMatchObject({ reason, status, code, operation: "create the container", said: `${code}: no` });
    expect(failure.remedy).toContain(remedy);
    expect(message).toContain(remedy);
  });

  test("an answer to HEAD has its code in a header", () => {
    const request = createPipelineRequest({ url: "https://x.blob.core.windows.net/c" });
    const headers = createHttpHeaders({ "x-ms-error-code": "ContainerNotFound" });
    const error = new RestError("", { statusCode: 404, response: { request, headers, status: 404 } });
    expect(storageFailure(error, about("ledger")).failure.reason).toBe("ledgerMissing");
  });

  test("only the first line of what the service said is kept", () => {
    const error = new RestError("Server is busy.\nRequestId:123\nTime:2026", { statusCode: 503, code: "ServerBusy" });
    expect(storageFailure(error, about("backups")).failure.said).toBe("Server is busy.");
  });

  test("a CallFailed from within is passed on unchanged", async () => {
    const inner = storageFailure(new RestError("no", { statusCode: 403 }), about("delegationKey"));
    await expect(callStorage(about("backups"), 1_000, () => Promise.reject(inner))).rejects.toBe(inner);
  });
});

describe("a token that couldn't be obtained", () => {
  const unavailable = (words: string) => new CredentialUnavailableError(`ManagedIdentityCredential: ${words}`);
  const rows: readonly (readonly [string, Error, FailureReason, string])[] = [
    [
      "no identity",
      unavailable("Authentication failed. Message no_identity"),
      "noAnswer",
      "az functionapp identity assign",
    ],
    ["a silent endpoint", unavailable("Network unreachable. Message: connect"), "noAnswer", "identity endpoint"],
    ["a foreign client id", new AuthenticationError(400, "Identity not found"), "noAnswer", "AZURE_CLIENT_ID"],
    ["a refused identity", new AuthenticationError(403, "no"), "denied", "AZURE_CLIENT_ID"],
    ["a failing endpoint", new AuthenticationError(500, "oops"), "noAnswer", "the app retries"],
    ["several credentials", new AggregateAuthenticationError([], "none of them"), "noAnswer", "AZURE_CLIENT_ID"],
  ];
  test.each(rows)("%s", (_, thrown, reason, remedy) => {
    const { failure } = identityFailure(new NoToken(thrown), "create the container");
    expect(failure).toMatchObject({ reason, target: "identity", operation: "create the container" });
    expect(failure.remedy).toContain(remedy);
  });
});

describe("nothing secret is in an error", () => {
  const SIGNATURE = "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefg=";
  const TOKEN = "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJ4In0.c2lnbmF0dXJl";
  const shown = (error: unknown): string =>
    `${inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })} ${JSON.stringify(error)}`;

  test("neither a token of the request nor a key of the answer is included", () => {
    const request = createPipelineRequest({
      url: `https://x.blob.core.windows.net/c?sp=rcwd&sig=${encodeURIComponent(SIGNATURE)}`,
      headers: createHttpHeaders({ authorization: `Bearer ${TOKEN}` }),
    });
    const response = { request, headers: createHttpHeaders(), status: 403, bodyAsText: `<Value>${SIGNATURE}</Value>` };
    const thrown = new RestError("no", { statusCode: 403, code: "AuthenticationFailed", request, response });
    const error = storageFailure(thrown, about("delegationKey"));
    expect(error).toBeInstanceOf(CallFailed);
    expect(error.cause).toBeUndefined();
    expect(shown(error)).not.toContain(SIGNATURE);
    expect(shown(error)).not.toContain(encodeURIComponent(SIGNATURE));
    expect(shown(error)).not.toContain(TOKEN);
  });

  test("a signature that the service quotes is removed", () => {
    const words = `The MAC signature found in the HTTP request '${SIGNATURE}' is not the same as any computed one.`;
    const error = storageFailure(
      new RestError(words, { statusCode: 403, code: "AuthenticationFailed" }),
      about("ledger"),
    );
    expect(error.failure.said).toContain("'[secret]' is not the same");
    expect(shown(error)).not.toContain(SIGNATURE);
  });

  test("an answer that can't be read isn't quoted: it may be that of a delegation key", () => {
    const words = `Error occurred while parsing the response body - <UserDelegationKey><Value>short+key</Value>`;
    const thrown = new RestError(words, { statusCode: 200, code: RestError.PARSE_ERROR });
    const error = storageFailure(thrown, about("delegationKey"));
    expect(error.failure).toMatchObject({ reason: "unreadable", said: "the answer makes no sense" });
    expect(shown(error)).not.toContain("short+key");
  });

  test("a bug in our code is reported with its redacted stack; what isn't an error is reported as text", () => {
    const bug = storageFailure(new TypeError(`Invalid URL: https://x/c?sig=${SIGNATURE}`), about("backups"));
    expect(bug.failure).toMatchObject({
      reason: "noAnswer",
      code: "TypeError",
      remedy: expect.stringContaining("bug"),
    });
    expect(bug.cause).toMatchObject({ stack: expect.stringContaining("storage-failure.test.ts") });
    expect(shown(bug)).not.toContain(SIGNATURE);
    expect(storageFailure("odd", about("backups")).failure).toMatchObject({ code: "unexpected", said: "odd" });
  });

  test("of a bug's stack only the frames are kept, and lines that a message quotes are not", () => {
    const frame = "    at read (/home/site/wwwroot/releases/managedhsmbackup/azure/storage/containers.ts:7:3)";
    const thrown = new TypeError(`Invalid URL: x\n    at ${SIGNATURE}\nBearer ${TOKEN}`);
    thrown.stack = `TypeError [ERR_INVALID_URL]: ${thrown.message}\n${frame}`;
    const error = storageFailure(thrown, about("backups"));
    expect(error.cause).toMatchObject({ stack: expect.stringMatching(/^TypeError: Invalid URL: x/) });
    expect(error.cause).toMatchObject({ stack: expect.stringContaining(frame) });
    expect(shown(error)).not.toContain(TOKEN);
    expect(shown(error)).not.toContain(SIGNATURE);
  });
});
