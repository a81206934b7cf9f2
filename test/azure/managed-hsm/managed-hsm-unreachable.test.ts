import { type HttpClient, RestError } from "@azure/core-rest-pipeline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import type { Hsm } from "../../../backup/hsm.ts";
import { errorOfCall } from "../../contract/failed-call.ts";
import { secretsIn, TARGET } from "../secrets.ts";
import { PATIENT } from "./patient-client.ts";
import { type ScriptedHsm, startScriptedHsm } from "./scripted-hsm.ts";

const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";

let trusted: ScriptedHsm;
let untrusted: ScriptedHsm;
beforeAll(async () => {
  [trusted, untrusted] = await Promise.all([startScriptedHsm(), startScriptedHsm({ trusted: false })]);
});
afterAll(() => Promise.all([trusted.close(), untrusted.close()]));

const client = (httpClient?: HttpClient) =>
  managedHsm({ ...PATIENT, ...(httpClient === undefined ? {} : { httpClient }) });

async function expectNoAnswer(hsm: Hsm, code: string, remedy: string, httpClient?: HttpClient): Promise<void> {
  const { startFullBackup, getBackupStatus } = client(httpClient);
  for (const call of [() => startFullBackup(hsm, TARGET), () => getBackupStatus(hsm, JOB_ID)]) {
    const thrown = await errorOfCall(call());
    expect(thrown.failure).toMatchObject({ target: "contoso", reason: "noAnswer", status: null, code });
    expect(thrown.failure.remedy).toContain(remedy);
    expect(thrown.cause).toMatchObject({ name: expect.any(String), message: thrown.failure.said });
    expect(secretsIn(thrown)).toEqual([]);
  }
}

/** Counts what is sent, and fails as the network would. */
function brokenNetwork(code: string): HttpClient & { sent: number } {
  const network = {
    sent: 0,
    sendRequest: async (request: Parameters<HttpClient["sendRequest"]>[0]) => {
      network.sent += 1;
      throw new RestError(`${code} contoso`, { code, request });
    },
  };
  return network;
}

describe("an HSM that can't be reached", () => {
  test("because its certificate is for another name", async () => {
    const url = trusted.hsm.url.replace("127.0.0.1", "localhost");
    await expectNoAnswer({ ...trusted.hsm, url }, "ERR_TLS_CERT_ALTNAME_INVALID", "another name");
    expect(trusted.requests).toEqual([]);
  });

  test("because its certificate isn't trusted", async () => {
    await expectNoAnswer(untrusted.hsm, "DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS");
    expect(untrusted.requests).toEqual([]);
  });

  test("because its address isn't https: no token goes over a plain connection", async () => {
    const url = trusted.hsm.url.replace("https:", "http:");
    await expectNoAnswer({ ...trusted.hsm, url }, "unexpected", "the app asks again");
    expect(trusted.requests).toEqual([]);
  });

  test("because nobody listens", async () => {
    const gone = await startScriptedHsm();
    await gone.close();
    await expectNoAnswer(gone.hsm, "ECONNREFUSED", "can't be reached");
  });

  test("because its name isn't known", async () => {
    const network = brokenNetwork("ENOTFOUND");
    await expectNoAnswer({ name: "contoso", url: "https://contoso.managedhsm.azure.net" }, "ENOTFOUND", "DNS", network);
    // The POST once; the GET four times.
    expect(network.sent).toBe(5);
  });

  test("by a certificate that won't become better isn't asked again", async () => {
    const network = brokenNetwork("CERT_HAS_EXPIRED");
    await expectNoAnswer(
      { name: "contoso", url: "https://contoso.managedhsm.azure.net" },
      "CERT_HAS_EXPIRED",
      "clock",
      network,
    );
    expect(network.sent).toBe(2);
  });
});
