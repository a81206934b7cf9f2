import type { Instrumenter } from "@azure/core-tracing";
import { describe, expect, test } from "vitest";
import { stepInstrumenter } from "../../../azure/tracing/instrumenter.ts";
import type { Call } from "../../../azure/tracing/steps.ts";
import { SAS } from "../../backup/samples.ts";

const HTTP = "@azure/core-rest-pipeline";
const JOB_URL = "https://contoso.managedhsm.azure.net/backup/45aacd568ab049a2803861e8dd3ae21f/pending?api-version=7.4";

function setUp(isInStep = true) {
  const calls: Call[] = [];
  const steps = { addCall: (call: Call) => void calls.push(call), isInStep: () => isInStep };
  return { calls, instrumenter: stepInstrumenter(steps, () => new Date(7_000)) };
}

function request(to: Instrumenter, url: string, method: string, end: { status?: number; error?: Error }): void {
  const { span } = to.startSpan(`HTTP ${method}`, {
    packageName: HTTP,
    spanAttributes: { "http.url": url, "http.method": method, requestId: "r1" },
  });
  if (end.status !== undefined) span.setAttribute("http.status_code", end.status);
  if (end.error !== undefined) span.setStatus({ status: "error", error: end.error });
  span.end();
}

describe("what the SDKs tell of their requests", () => {
  test("a request within an operation takes its name and service from the operation, which is no span itself", async () => {
    const { calls, instrumenter } = setUp();
    const operation = instrumenter.startSpan("BlockBlobClient-upload", { packageName: "@azure/storage-blob" });
    instrumenter.withContext(operation.tracingContext, () =>
      request(instrumenter, "https://host.blob.core.windows.net/backup-runs/a.json", "PUT", { status: 201 }),
    );
    operation.span.end();
    expect(calls).toEqual([
      {
        name: "BlockBlobClient-upload",
        service: "Azure blob",
        target: "host.blob.core.windows.net",
        url: "https://host.blob.core.windows.net/backup-runs/a.json",
        startedAt: 7_000,
        endedAt: 7_000,
        hasSucceeded: true,
        outcome: "201",
        attributes: { method: "PUT", requestId: "r1", serviceRequestId: null },
      },
    ]);
  });

  test.each([
    ["POST", "https://contoso.managedhsm.azure.net/backup?api-version=7.4", "POST /backup"],
    ["GET", JOB_URL, "GET /backup/{job}/pending"],
  ])("a request of the HSM client has one name for every job: %s", (method, url, name) => {
    const { calls, instrumenter } = setUp();
    request(instrumenter, url, method, { status: 202 });
    expect(calls).toMatchObject([{ name, service: "Managed HSM", target: "contoso.managedhsm.azure.net" }]);
  });

  test("an address is told without its query, user and fragment", () => {
    const { calls, instrumenter } = setUp();
    request(instrumenter, `https://me:password@x.blob.core.windows.net/c/b?${SAS}#f`, "GET", { status: 200 });
    expect(calls[0]?.url).toBe("https://x.blob.core.windows.net/c/b");
  });

  test("an answer of 400 and more has not succeeded; no answer tells the code of what failed, and no words", () => {
    const { calls, instrumenter } = setUp();
    const reset = Object.assign(new Error(`read ${SAS}`), { code: "ECONNRESET" });
    request(instrumenter, JOB_URL, "GET", { status: 412 });
    request(instrumenter, JOB_URL, "GET", { error: reset });
    expect(calls.map(({ hasSucceeded, outcome }) => ({ hasSucceeded, outcome }))).toEqual([
      { hasSucceeded: false, outcome: "412" },
      { hasSucceeded: false, outcome: "ECONNRESET" },
    ]);
  });

  test("outside of a step nothing is recorded, and no request ever gets a header", () => {
    const { calls, instrumenter } = setUp(false);
    expect(instrumenter.startSpan("HTTP GET", { packageName: HTTP }).span.isRecording()).toBe(false);
    request(instrumenter, JOB_URL, "GET", { status: 200 });
    expect(calls).toEqual([]);
    expect(instrumenter.createRequestHeaders()).toEqual({});
  });
});
