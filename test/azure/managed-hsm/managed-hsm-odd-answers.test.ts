import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { CallFailed } from "../../../backup/model/call-failed.ts";
import { errorOfCall } from "../../contract/failed-call.ts";
import { SAS, secretsIn, TARGET, TOKEN } from "../secrets.ts";
import { PATIENT } from "./patient-client.ts";
import { type Answer, type ScriptedHsm, type Seen, startScriptedHsm } from "./scripted-hsm.ts";

const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";

describe("an HSM that echoes what it was sent", () => {
  let server: ScriptedHsm;
  beforeAll(async () => {
    server = await startScriptedHsm();
  });
  afterAll(() => server.close());

  const STATUSES = [200, 202, 302, 400, 401, 403, 404, 409, 500, 503];
  const echo = ({ body, headers }: Seen): string =>
    `${headers.authorization} ${body} ${SAS} ${encodeURIComponent(SAS)}`;
  const echoes: Readonly<Record<string, (status: number, seen: Seen) => Answer>> = {
    "in its message": (status, seen) => ({ status, body: { error: { code: "BadParameter", message: echo(seen) } } }),
    "in its code": (status, seen) => ({ status, body: { error: { code: echo(seen), message: "No." } } }),
    "in a nested error": (status, seen) => ({
      status,
      body: { error: { code: "No", innererror: { code: "Inner", innererror: { message: echo(seen) } } } },
    }),
    "in a page": (status, seen) => ({ status, body: `<html>${echo(seen)}</html>` }),
    "in every field": (status, seen) => {
      const text = echo(seen);
      const fields = { jobId: text, statusDetails: text, azureStorageBlobContainerUri: `https://x/${text}?${SAS}` };
      return { status, body: { status: text, error: { code: text, message: text }, ...fields } };
    },
    "in fields of other types": (status, seen) => ({
      status,
      body: { status: [echo(seen)], jobId: { id: echo(seen) } },
    }),
    "in its headers": (status) => ({
      status,
      headers: { "content-type": `text/${TOKEN}`, "azure-asyncoperation": `https://x/backup/${TOKEN}/pending` },
      body: "",
    }),
  };

  test.each(Object.entries(echoes))(
    "%s is quoted without token and SAS, whatever the status",
    async (_where, answer) => {
      const { startFullBackup, getBackupStatus } = managedHsm(PATIENT);
      for (const status of STATUSES) {
        server.script((seen) => answer(status, seen));
        const settled = await Promise.allSettled([
          startFullBackup(server.hsm, TARGET),
          getBackupStatus(server.hsm, JOB_ID),
        ]);
        for (const outcome of settled) {
          expect(secretsIn(outcome.status === "fulfilled" ? outcome.value : outcome.reason)).toEqual([]);
        }
      }
    },
  );

  test("isn't quoted at length", async () => {
    const long = "many words ".repeat(10_000);
    server.script({ status: 400, body: { error: { code: long, message: long, innererror: { message: long } } } });
    const thrown = await errorOfCall(managedHsm(PATIENT).startFullBackup(server.hsm, TARGET));
    expect(thrown.failure.code.length).toBeLessThanOrEqual(100);
    expect(thrown.message.length).toBeLessThanOrEqual(2_000);
    expect(thrown.failure.inner?.[0]?.length).toBeLessThanOrEqual(500);
  });
});

describe("whatever an HSM answers", () => {
  const hsm = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };
  const answering = (status: number, bodyAsText: string, headers: Record<string, string>): HttpClient => ({
    sendRequest: async (request) => ({ request, status, bodyAsText, headers: createHttpHeaders(headers) }),
  });
  const words = fc.constantFrom(
    "Succeeded",
    "Failed",
    "Canceled",
    "InProgress",
    "",
    JOB_ID,
    SAS,
    TOKEN,
    null,
    0,
    {},
    [],
  );
  const value = fc.oneof(words, fc.jsonValue({ maxDepth: 3 }));
  const error = fc.letrec((tie) => ({
    error: fc.oneof(
      { depthSize: "small" },
      value,
      fc.record({ code: value, message: value, innererror: tie("error") }, { requiredKeys: [] }),
    ),
  })).error;
  const operation = fc.record(
    { status: value, statusDetails: value, error, jobId: value, azureStorageBlobContainerUri: value, endTime: value },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    operation.map((each) => JSON.stringify(each)),
    fc.json(),
    fc.string({ unit: "binary" }),
  );
  const status = fc.oneof(fc.constantFrom(200, 202, 400, 403, 404, 409), fc.integer({ min: 200, max: 599 }));
  const headers = fc.record(
    { "retry-after": fc.string(), "azure-asyncoperation": fc.string(), "content-type": fc.string() },
    { requiredKeys: [] },
  );

  test("it becomes a known outcome or CallFailed, without a secret", async () => {
    await fc.assert(
      fc.asyncProperty(status, body, headers, async (answered, text, given) => {
        const httpClient = answering(answered, text, given);
        const { startFullBackup, getBackupStatus } = managedHsm({
          ...PATIENT,
          httpClient,
        });
        const [started, looked] = await Promise.allSettled([
          startFullBackup(hsm, TARGET),
          getBackupStatus(hsm, JOB_ID),
        ]);
        for (const outcome of [started, looked]) {
          const seen: unknown = outcome.status === "fulfilled" ? outcome.value : outcome.reason;
          if (outcome.status === "rejected") expect(seen).toBeInstanceOf(CallFailed);
          expect(secretsIn(seen)).toEqual([]);
        }
        if (started.status === "fulfilled") expect(started.value.jobId).toMatch(/^\S{1,200}$/);
        if (looked.status === "fulfilled")
          expect(["running", "Succeeded", "Failed", "Canceled"]).toContain(looked.value.status);
      }),
      { numRuns: 1_000 },
    );
  });
});
