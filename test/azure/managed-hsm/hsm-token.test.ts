import type { TokenCredential } from "@azure/core-auth";
import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { AuthenticationError, CredentialUnavailableError } from "@azure/identity";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { errorOfCall } from "../../contract/failed-call.ts";
import { secretsIn, TARGET, TOKEN } from "../secrets.ts";
import { type ScriptedHsm, startScriptedHsm } from "./scripted-hsm.ts";

const LONG = 20_000;
const SHORT = 100;
const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";

let server: ScriptedHsm;
beforeAll(async () => {
  server = await startScriptedHsm();
});
afterAll(() => server.close());

function client(getToken: TokenCredential["getToken"], limit = LONG) {
  server.script({ status: 202, body: { status: "InProgress", jobId: JOB_ID } });
  const options = { credential: { getToken }, apiVersion: "7.4", startTimeLimit: limit, callTimeLimit: limit };
  return managedHsm(options);
}

const oauth = (error: string, error_description: string) => ({ error, error_description });
const unavailable = (cause: unknown) => new CredentialUnavailableError("ManagedIdentityCredential: failed.", { cause });

describe("a token", () => {
  test("is asked for with the scope of the HSM's cloud, before anything is sent", async () => {
    const scopes: unknown[] = [];
    const { startFullBackup } = client(async (scope) => {
      scopes.push(scope, server.requests.length);
      return { token: TOKEN, expiresOnTimestamp: Date.now() };
    });
    await startFullBackup(server.hsm, TARGET);
    expect(scopes).toEqual(["https://managedhsm.azure.net/.default", 0]);
  });

  test.each<[string, unknown, string, number | null, string]>([
    ["no identity", new CredentialUnavailableError("No identity here."), "noAnswer", null, "AZURE_CLIENT_ID"],
    [
      "401",
      new AuthenticationError(401, oauth("invalid_client", "AADSTS7000222: expired")),
      "denied",
      401,
      "AZURE_CLIENT_ID",
    ],
    ["403", new AuthenticationError(403, oauth("forbidden", "No.")), "denied", 403, "AZURE_CLIENT_ID"],
    ["403 inside another error", unavailable(new AuthenticationError(403, null)), "denied", 403, "AZURE_CLIENT_ID"],
    [
      "400",
      new AuthenticationError(400, oauth("invalid_request", "Identity not found")),
      "noAnswer",
      400,
      "AZURE_CLIENT_ID",
    ],
    ["503", new AuthenticationError(503, "<html>"), "noAnswer", 503, "identity"],
    ["something else", new TypeError("undefined is not a token"), "noAnswer", null, "AZURE_CLIENT_ID"],
    ["no error at all", `${TOKEN} is bad`, "noAnswer", null, "AZURE_CLIENT_ID"],
  ])(
    "that is refused with %s stops both calls before the HSM is asked",
    async (_what, refusal, reason, status, remedy) => {
      const { startFullBackup, getBackupStatus } = client(() => Promise.reject(refusal));
      const thrown = [
        await errorOfCall(startFullBackup(server.hsm, TARGET)),
        await errorOfCall(getBackupStatus(server.hsm, JOB_ID)),
      ];
      expect(thrown.map(({ failure }) => failure.operation)).toEqual([
        "get a token to start a full backup (contoso)",
        "get a token to look at a backup job (contoso)",
      ]);
      for (const { failure } of thrown) {
        expect(failure).toMatchObject({ target: "identity", reason, status });
        expect(failure.remedy).toContain(remedy);
      }
      expect(thrown.flatMap(secretsIn)).toEqual([]);
      expect(server.requests).toEqual([]);
    },
  );

  test.each([null, { token: "", expiresOnTimestamp: 0 }])("that is none (%j) stops the call", async (given) => {
    const { startFullBackup } = client(async () => given);
    const { failure } = await errorOfCall(startFullBackup(server.hsm, TARGET));
    expect(failure).toMatchObject({ target: "identity", reason: "noAnswer", code: "noToken" });
    expect(server.requests).toEqual([]);
  });

  test("that never comes is given up within the time limit", async () => {
    const { startFullBackup } = client(() => new Promise(() => undefined), SHORT);
    const { failure } = await errorOfCall(startFullBackup(server.hsm, TARGET));
    expect(failure).toMatchObject({ target: "identity", reason: "noAnswer", code: "timeout" });
  });

  test("that comes after the time limit sends nothing any more, even with a client that heeds no signal", async () => {
    const late = Promise.withResolvers<{ token: string; expiresOnTimestamp: number }>();
    const sent: string[] = [];
    const httpClient: HttpClient = {
      sendRequest: async (request) => {
        sent.push(request.url);
        return { request, status: 202, headers: createHttpHeaders() };
      },
    };
    const limits = { startTimeLimit: SHORT, callTimeLimit: SHORT };
    const credential = { getToken: () => late.promise };
    const { startFullBackup } = managedHsm({ credential, apiVersion: "7.4", ...limits, httpClient });
    expect((await errorOfCall(startFullBackup(server.hsm, TARGET))).failure).toMatchObject({ target: "identity" });
    late.resolve({ token: TOKEN, expiresOnTimestamp: Date.now() });
    // Whatever follows from the token has happened by then.
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual([]);
  });

  test("that no header can hold fails without being shown", async () => {
    const { startFullBackup } = client(async () => ({
      token: `${TOKEN}☃`,
      expiresOnTimestamp: Date.now(),
    }));
    const thrown = await errorOfCall(startFullBackup(server.hsm, TARGET));
    expect(thrown.failure).toMatchObject({ target: "contoso", reason: "noAnswer" });
    expect(secretsIn(thrown)).toEqual([]);
  });
});
