import { type HttpClient, RestError } from "@azure/core-rest-pipeline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import type { Hsm } from "../../../backup/model/names.ts";
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
    expect(thrown.failure.said).toMatch(/\S/);
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
    await expectNoAnswer({ ...trusted.hsm, url }, "ERR_TLS_CERT_ALTNAME_INVALID", "DNS, and the clock");
    expect(trusted.requests).toEqual([]);
  });

  test("because its certificate isn't trusted", async () => {
    await expectNoAnswer(untrusted.hsm, "DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS");
    expect(untrusted.requests).toEqual([]);
  });

  test("because its address isn't https: no token goes over a plain connection", async () => {
    const url = trusted.hsm.url.replace("https:", "http:");
    await expectNoAnswer({ ...trusted.hsm, url }, "unexpected", "the app retries");
    expect(trusted.requests).toEqual([]);
  });

  test("because its port is closed", async () => {
    const gone = await startScriptedHsm();
    await gone.close();
    await expectNoAnswer(gone.hsm, "ECONNREFUSED", "No connection to");
  });

  test("because its certificate has expired", async () => {
    const hsm = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };
    await expectNoAnswer(hsm, "CERT_HAS_EXPIRED", "clock", brokenNetwork("CERT_HAS_EXPIRED"));
  });

  test("because its name isn't known", async () => {
    const network = brokenNetwork("ENOTFOUND");
    await expectNoAnswer({ name: "contoso", url: "https://contoso.managedhsm.azure.net" }, "ENOTFOUND", "DNS", network);
    // The POST once; the GET four times.
    expect(network.sent).toBe(5);
  });
});
