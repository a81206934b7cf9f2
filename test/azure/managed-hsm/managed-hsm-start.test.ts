import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { secret } from "../../../backup/model/secret.ts";
import { errorOfCall } from "../../contract/failed-call.ts";
import { CONTAINER_URL, IDENTITY_TARGET, SAS, secretsIn, TARGET, TOKEN } from "../secrets.ts";
import { PATIENT } from "./patient-client.ts";
import { type Reply, type ScriptedHsm, startScriptedHsm } from "./scripted-hsm.ts";

const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";
const LONG = 20_000;
const SHORT = 300;
const accepted = { status: 202, headers: { "retry-after": "10" }, body: { status: "InProgress", jobId: JOB_ID } };

let server: ScriptedHsm;
beforeAll(async () => {
  server = await startScriptedHsm();
});
afterAll(() => server.close());

const client = (startTimeLimit = LONG) => managedHsm({ ...PATIENT, startTimeLimit });
const start = (startTimeLimit?: number) => client(startTimeLimit).startFullBackup(server.hsm, TARGET);

describe("a start of a full backup", () => {
  test("posts container and SAS with the token, and gives job and pause", async () => {
    server.script(accepted);
    expect(await start()).toEqual({ jobId: JOB_ID, retryAfter: 10_000 });
    const [posted] = server.requests;
    expect(posted).toMatchObject({ method: "POST", url: "/contoso/backup?api-version=7.4" });
    expect(posted?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, "content-type": "application/json" });
    expect(JSON.parse(posted?.body ?? "")).toEqual({ storageResourceUri: CONTAINER_URL, token: SAS });
  });

  test("asks an HSM that has an identity to write with it, and sends no SAS", async () => {
    server.script(accepted);
    const byIdentity = managedHsm({ ...PATIENT, apiVersion: "7.5" });
    // A SAS that lies beside it is not sent, nor looked for.
    const target = { ...IDENTITY_TARGET, sas: secret(SAS) };
    expect(await byIdentity.startFullBackup(server.hsm, target)).toMatchObject({ jobId: JOB_ID });
    const [posted] = server.requests;
    expect(posted?.url).toBe("/contoso/backup?api-version=7.5");
    expect(JSON.parse(posted?.body ?? "")).toEqual({ storageResourceUri: CONTAINER_URL, useManagedIdentity: true });
    expect(JSON.stringify(posted)).not.toContain("sig=");
  });

  test("reads JSON behind a byte order mark, as some Azure services send it", async () => {
    server.script({ ...accepted, body: `\ufeff${JSON.stringify(accepted.body)}` });
    expect(await start()).toEqual({ jobId: JOB_ID, retryAfter: 10_000 });
  });

  test.each(["429", "503", "409"])(
    "that fails with %s passes on the HSM's Retry-After, however long",
    async (status) => {
      server.script({ status: Number(status), headers: { "retry-after": "86400" }, body: error("No") });
      expect((await errorOfCall(start())).failure).toMatchObject({ status: Number(status), retryAfter: 86_400_000 });
    },
  );

  test.each<[string, Reply]>([
    ["the body has no job id", { ...accepted, body: { status: "InProgress" } }],
    ["the body is empty", { ...accepted, body: "" }],
    ["the body's job id would lead elsewhere", { ...accepted, body: { jobId: ".." } }],
  ])("takes the job from the path of Azure-AsyncOperation where %s", async (_what, reply) => {
    const headers = { "azure-asyncoperation": `https://elsewhere.example//backup/${JOB_ID}/pending` };
    server.script({ ...(typeof reply === "object" ? reply : accepted), headers });
    expect(await start()).toEqual({ jobId: JOB_ID, retryAfter: null });
  });

  test.each<[string, Reply]>([
    ["nothing", { status: 202 }],
    ["a page", { status: 202, body: "<html>Sign in</html>" }],
    ["a list", { status: 202, body: [JOB_ID] }],
    ["a job id that is a number", { status: 202, body: { jobId: 7 } }],
    ["a status address with no job", { status: 202, headers: { "azure-asyncoperation": "https://x/backup//pending" } }],
  ])("finds a 202 unreadable that holds %s", async (_what, reply) => {
    server.script(reply);
    expect((await errorOfCall(start())).failure).toMatchObject({
      reason: "unreadable",
      status: 202,
      target: "contoso",
    });
  });

  test("treats an error inside a success as a refusal", async () => {
    server.script({ status: 200, body: { error: { code: "AuthenticationFailed", message: "Bad SAS." } } });
    expect((await errorOfCall(start())).failure).toMatchObject({ reason: "sasRefused", code: "AuthenticationFailed" });
    server.script({ status: 200, body: { error: { code: "InternalServerError", message: "Sorry." } } });
    expect((await errorOfCall(start())).failure).toMatchObject({ reason: "unreadable", code: "InternalServerError" });
  });
});

const error = (code: string) => ({ error: { code, message: `${code}!` } });
const again = { "retry-after": "0" };

describe("a POST is sent exactly once", () => {
  test.each<[string, Reply, string, number | null]>([
    [
      "401 with a challenge",
      {
        status: 401,
        headers: { "www-authenticate": 'Bearer authorization="https://x/t", resource="https://managedhsm.azure.net"' },
        body: error("Unauthorized"),
      },
      "denied",
      401,
    ],
    ["403", { status: 403, body: error("Forbidden") }, "denied", 403],
    ["409", { status: 409, body: error("Conflict") }, "busy", 409],
    ["429", { status: 429, headers: again, body: error("TooManyRequests") }, "noAnswer", 429],
    ["500", { status: 500, headers: again, body: error("InternalServerError") }, "noAnswer", 500],
    ["503", { status: 503, headers: again, body: error("ServiceUnavailable") }, "noAnswer", 503],
    ["301", { status: 301, headers: { location: "/contoso/moved" } }, "unreadable", 301],
    ["302", { status: 302, headers: { location: "/contoso/moved" } }, "unreadable", 302],
    ["307", { status: 307, headers: { location: "/contoso/moved" } }, "unreadable", 307],
    ["308", { status: 308, headers: { location: "/contoso/moved" } }, "unreadable", 308],
    ["a dropped connection", "drop", "noAnswer", null],
  ])("and not again after %s", async (_what, reply, reason, status) => {
    // Whatever came second would be accepted: a repeated POST would make the call succeed.
    server.script(reply, accepted);
    const thrown = await errorOfCall(start());
    expect(thrown.failure).toMatchObject({ operation: "start a full backup", target: "contoso", reason, status });
    expect(server.requests).toHaveLength(1);
    expect(secretsIn(thrown)).toEqual([]);
  });

  test("and not again after no answer within the time limit", async () => {
    server.script("hang", accepted);
    const thrown = await errorOfCall(start(SHORT));
    expect(thrown.failure).toMatchObject({ reason: "noAnswer", status: null, code: "timeout" });
    expect(thrown.message).toContain(`within ${SHORT} ms`);
    expect(server.requests).toHaveLength(1);
    expect(secretsIn(thrown)).toEqual([]);
  });

  test("on a new connection, since an idle one may have been closed", async () => {
    server.script(accepted);
    await start();
    await start();
    expect(server.requests.map(({ headers }) => headers.connection)).toEqual(["close", "close"]);
  });
});
