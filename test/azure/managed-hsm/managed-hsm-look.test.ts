import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { errorOfCall } from "../../contract/failed-call.ts";
import { secretsIn, TOKEN } from "../secrets.ts";
import { PATIENT } from "./patient-client.ts";
import { type Reply, type ScriptedHsm, startScriptedHsm } from "./scripted-hsm.ts";

const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";
const running = { status: 200, body: { status: "InProgress", jobId: JOB_ID, error: null } };
const report = { status: "running", folderUrl: null, retryAfter: null };
const unavailable = { status: 503, body: { error: { code: "ServiceUnavailable", message: "Later." } } };

let server: ScriptedHsm;
beforeAll(async () => {
  server = await startScriptedHsm();
});
afterAll(() => server.close());

const look = (jobId = JOB_ID, change: { readonly callTimeLimit?: number; readonly now?: () => Date } = {}) =>
  managedHsm({ ...PATIENT, ...change }).getBackupStatus(server.hsm, jobId);

describe("a look at a job", () => {
  test("asks for the job by its id, with the token", async () => {
    server.script(running);
    expect(await look()).toEqual(report);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: "GET",
      url: `/contoso/backup/${JOB_ID}/pending?api-version=7.4`,
      headers: { authorization: `Bearer ${TOKEN}` },
    });
  });

  test("percent-encodes the id, so that it stays one segment of the path", async () => {
    server.script({ status: 200, body: { status: "InProgress" } });
    await look("a/b?c#d");
    expect(server.requests[0]?.url).toBe("/contoso/backup/a%2Fb%3Fc%23d/pending?api-version=7.4");
  });

  test.each([
    ["5", 5_000],
    ["Mon, 23 Nov 2026 02:00:30 GMT", 30_000],
    ["86400", 86_400_000],
    ["soon", null],
  ])("passes on a Retry-After of %s", async (header, retryAfter) => {
    server.script({ ...running, headers: { "retry-after": header } });
    expect(await look(JOB_ID, { now: () => new Date("2026-11-23T02:00:00Z") })).toEqual({ ...report, retryAfter });
  });

  test("reports a job that the HSM doesn't know as notFound, and asks once", async () => {
    server.script({ status: 404, body: { error: { code: "JobNotFound", message: "No such job." } } }, running);
    expect((await errorOfCall(look())).failure).toMatchObject({ reason: "notFound", status: 404, code: "JobNotFound" });
    expect(server.requests).toHaveLength(1);
  });

  test("follows no redirect", async () => {
    server.script({ status: 302, headers: { location: "/contoso/moved" } }, running);
    expect((await errorOfCall(look())).failure).toMatchObject({ reason: "unreadable", status: 302 });
    expect(server.requests).toHaveLength(1);
  });
});

describe("a look is tried again", () => {
  test.each<[string, Reply]>([
    ["408", { status: 408 }],
    ["500", { status: 500 }],
    ["502 with a page", { status: 502, body: "<html>Bad gateway</html>" }],
    ["503", unavailable],
    ["a dropped connection", "drop"],
  ])("after %s", async (_what, reply) => {
    server.script(reply, reply, running);
    expect(await look()).toEqual(report);
    expect(server.requests).toHaveLength(3);
  });

  test("four times in all, and then reports the last answer", async () => {
    server.script(unavailable);
    const thrown = await errorOfCall(look());
    expect(thrown.failure).toMatchObject({
      reason: "noAnswer",
      status: 503,
      code: "ServiceUnavailable",
      said: "Later.",
    });
    expect(server.requests).toHaveLength(4);
    expect(secretsIn(thrown)).toEqual([]);
  });

  test.each([401, 403, 409, 400])("but not after %i", async (status) => {
    server.script({ status, body: { error: { code: "No", message: "No." } } }, running);
    expect((await errorOfCall(look())).failure.status).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    [429, undefined, null],
    [429, "60", 60_000],
    [503, "Mon, 23 Nov 2026 02:05:00 GMT", 300_000],
  ])("but not after %i with a Retry-After of %s, which is passed on", async (status, header, retryAfter) => {
    server.script({ status, ...(header !== undefined && { headers: { "retry-after": header } }) }, running);
    const thrown = await errorOfCall(look(JOB_ID, { now: () => new Date("2026-11-23T02:00:00Z") }));
    expect(thrown.failure).toMatchObject({ reason: "noAnswer", status, retryAfter });
    expect(server.requests).toHaveLength(1);
  });

  test("only within the time limit of the whole look", async () => {
    server.script("hang");
    const thrown = await errorOfCall(look(JOB_ID, { callTimeLimit: 200 }));
    expect(thrown.failure).toMatchObject({ reason: "noAnswer", status: null, code: "timeout", target: "contoso" });
    expect(server.requests).toHaveLength(1);
  });
});
