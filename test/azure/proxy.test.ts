import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { identities } from "../../azure/identity/identities.ts";
import { managedHsm } from "../../azure/managed-hsm/managed-hsm.ts";
import { startIdentityEndpoint } from "../../local/identity-endpoint.ts";
import { errorOfCall } from "../contract/failed-call.ts";
import { TENANT } from "../token-credential.ts";
import { type LoggingProxy, startLoggingProxy } from "./logging-proxy.ts";
import { PATIENT } from "./managed-hsm/patient-client.ts";
import { type ScriptedHsm, startScriptedHsm } from "./managed-hsm/scripted-hsm.ts";
import { secretsIn, TARGET } from "./secrets.ts";

const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";
const HEADER = "the-identity-header-0123456789";
const NOBODY = "http://127.0.0.1:1";

let proxy: LoggingProxy;
let server: ScriptedHsm;
let endpoint: Awaited<ReturnType<typeof startIdentityEndpoint>>;
beforeAll(async () => {
  [proxy, server, endpoint] = await Promise.all([
    startLoggingProxy(),
    startScriptedHsm(),
    startIdentityEndpoint({ port: 0, header: HEADER, tenantId: TENANT }),
  ]);
  vi.stubEnv("IDENTITY_ENDPOINT", endpoint.url);
  vi.stubEnv("IDENTITY_HEADER", HEADER);
  // Read once by the library, when the first pipeline is made.
  for (const name of ["NO_PROXY", "no_proxy"]) vi.stubEnv(name, "");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([proxy?.close(), server?.close(), endpoint?.close()]);
});
beforeEach(() => {
  proxy.log.length = 0;
  useProxy(proxy.url);
});

function useProxy(url: string): void {
  for (const name of ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"]) vi.stubEnv(name, url);
}

/** An identity with no token kept: the library shares its tokens within the process. */
const newIdentity = (limit: number) => identities(randomUUID(), limit, () => new Date())();

describe("with HTTPS_PROXY", () => {
  test("the identity endpoint is asked directly, for a user-assigned and a system-assigned identity", async () => {
    const scope = "https://managedhsm.azure.net/.default";
    const assigned = await newIdentity(PATIENT.callTimeLimit).getToken(scope);
    const own = await identities("", PATIENT.callTimeLimit, () => new Date())().getToken(scope);
    expect([assigned, own].map(({ token }) => token.split("."))).toMatchObject([{ length: 3 }, { length: 3 }]);
    expect(proxy.log).toEqual([]);
  });

  test("that nobody listens at, a token comes and a backup starts on loopback", async () => {
    useProxy(NOBODY);
    server.script({ status: 202, body: { status: "InProgress", jobId: JOB_ID } });
    const client = managedHsm({ ...PATIENT, identity: newIdentity(PATIENT.callTimeLimit) });
    expect(await client.startFullBackup(server.hsm, TARGET)).toMatchObject({ jobId: JOB_ID });
  });

  test("an HSM on loopback is called directly", async () => {
    server.script({ status: 202, body: { status: "InProgress", jobId: JOB_ID } });
    const client = managedHsm(PATIENT);
    await client.startFullBackup(server.hsm, TARGET);
    await client.getBackupStatus(server.hsm, JOB_ID);
    expect(server.requests).toHaveLength(2);
    expect(proxy.log).toEqual([]);
  });

  test("an HSM in Azure is called through the proxy, whose 407 is reported as the proxy's", async () => {
    const hsm = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };
    const client = managedHsm(PATIENT);
    for (const call of [() => client.startFullBackup(hsm, TARGET), () => client.getBackupStatus(hsm, JOB_ID)]) {
      const thrown = await errorOfCall(call());
      expect(thrown.failure).toMatchObject({ reason: "noAnswer", status: 407 });
      expect(thrown.failure.remedy).toContain(
        "contoso.managedhsm.azure.net asks for credentials: put them into HTTPS_PROXY",
      );
      expect(secretsIn(thrown)).toEqual([]);
    }
    const asked = "CONNECT contoso.managedhsm.azure.net:443";
    expect(proxy.log).toEqual([asked, asked]);
  });
});
