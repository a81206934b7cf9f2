import type { TokenCredential } from "@azure/core-auth";
import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { AuthenticationError, CredentialUnavailableError } from "@azure/identity";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { heldTokens, type Identity } from "../../../azure/identity/held-tokens.ts";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { errorOfCall } from "../../contract/failed-call.ts";
import { PATIENT } from "../managed-hsm/patient-client.ts";
import { type ScriptedHsm, startScriptedHsm } from "../managed-hsm/scripted-hsm.ts";
import { secretsIn, TARGET, TOKEN } from "../secrets.ts";

const SHORT = 100;
const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";

let server: ScriptedHsm;
beforeAll(async () => {
  server = await startScriptedHsm();
});
afterAll(() => server.close());

function client(getToken: Identity["getToken"]) {
  server.script({ status: 202, body: { status: "InProgress", jobId: JOB_ID } });
  return managedHsm({ ...PATIENT, identity: { getToken } });
}

const held = (getToken: TokenCredential["getToken"]) => heldTokens({ getToken }, SHORT, () => new Date());
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
    const { startFullBackup } = client(held(async () => given).getToken);
    const { failure } = await errorOfCall(startFullBackup(server.hsm, TARGET));
    expect(failure).toMatchObject({ target: "identity", reason: "noAnswer", code: "noToken" });
    expect(server.requests).toEqual([]);
  });

  test("that never comes is given up within its own time limit, and reported as the identity's", async () => {
    const { startFullBackup } = client(held(() => new Promise(() => undefined)).getToken);
    const { failure } = await errorOfCall(startFullBackup(server.hsm, TARGET));
    expect(failure).toMatchObject({ target: "identity", reason: "noAnswer", code: "TimedOut" });
    expect(failure.remedy).toContain("The identity endpoint did not answer");
  });

  test("that comes after the time limit no longer sends anything, even with a client that ignores the signal", async () => {
    const sent: string[] = [];
    const httpClient: HttpClient = {
      sendRequest: async (request) => {
        sent.push(request.url);
        return { request, status: 202, headers: createHttpHeaders() };
      },
    };
    const limits = { startTimeLimit: SHORT, callTimeLimit: SHORT };
    const identity = {
      getToken: async () => {
        await new Promise((resolve) => AbortSignal.timeout(2 * SHORT).addEventListener("abort", resolve));
        return { token: TOKEN, expiresOnTimestamp: Date.now() };
      },
    };
    const { startFullBackup } = managedHsm({ ...PATIENT, identity, ...limits, httpClient });
    expect((await errorOfCall(startFullBackup(server.hsm, TARGET))).failure).toMatchObject({ code: "timeout" });
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
