import { inspect } from "node:util";
import { createHttpHeaders, createPipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { describe, expect, test } from "vitest";
import type { StorageSide } from "../../../azure/remedy.ts";
import { callStorage, type StorageCall, storageFailure } from "../../../azure/storage/storage-call.ts";
import { CallFailed } from "../../../backup/model/call-failed.ts";

const ACCOUNT = "backupaccount";
const about = (side: StorageSide): StorageCall => ({
  operation: "create the container",
  target: side === "ledger" ? "backup-runs" : "mhsm-backup-contoso-2026-11-23",
  account: ACCOUNT,
  side,
});

// Which status and code mean what: test/azure/remedies.test.ts.
describe("a call that storage refused", () => {
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
