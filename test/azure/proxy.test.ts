import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { identities } from "../../azure/identity/identities.ts";
import { managedHsm } from "../../azure/managed-hsm/managed-hsm.ts";
import { backupContainers } from "../../azure/storage/backup-containers.ts";
import { backupService, ledgerClients } from "../../azure/storage/storage-clients.ts";
import { HOUR } from "../../backup/model/instant.ts";
import { secret } from "../../backup/model/secret.ts";
import { startIdentityEndpoint } from "../../local/identity-endpoint.ts";
import { ACCOUNT_KEY } from "../azurite.ts";
import { errorOfCall } from "../contract/failed-call.ts";
import { TENANT } from "../token-credential.ts";
import { type LoggingProxy, startLoggingProxy } from "./logging-proxy.ts";
import { PATIENT } from "./managed-hsm/patient-client.ts";
import { type ScriptedHsm, startScriptedHsm } from "./managed-hsm/scripted-hsm.ts";
import { identity, secretsIn, TARGET } from "./secrets.ts";

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
  proxy.refuseWith(407);
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
    for (const thrown of await callHsmInAzure()) {
      expect(thrown.failure).toMatchObject({ reason: "noAnswer", status: 407 });
      expect(thrown.failure.remedy).toContain(
        "contoso.managedhsm.azure.net asks for credentials: put them into HTTPS_PROXY",
      );
      expect(secretsIn(thrown)).toEqual([]);
    }
    const asked = "CONNECT contoso.managedhsm.azure.net:443";
    expect(proxy.log).toEqual([asked, asked]);
  });

  test.each([403, 404, 409, 503])("a proxy that answers %i to CONNECT isn't taken for the HSM", async (status) => {
    proxy.refuseWith(status);
    for (const { failure } of await callHsmInAzure()) {
      expect(failure).toMatchObject({ reason: "noAnswer", status: null, code: "proxyRefused" });
      expect(failure.said).toBe(`a proxy answered ${status} to CONNECT`);
      expect(failure.remedy).toContain("HTTPS_PROXY");
    }
    expect(proxy.log).toHaveLength(2);
  });

  test.each([
    [407, "noCode", "backups.blob.core.windows.net asks for credentials: put them into HTTPS_PROXY"],
    [403, "noCode", "may have answered (a proxy"],
    [404, "noCode", "may have answered (a proxy"],
  ])("a proxy that answers %i to CONNECT isn't taken for storage", async (status, code, remedy) => {
    proxy.refuseWith(status);
    const service = backupService("https://backups.blob.core.windows.net", identity, PATIENT.callTimeLimit);
    const options = { service, authentication: "sas", sasLifetime: HOUR, ...PATIENT } as const;
    const thrown = await errorOfCall(backupContainers(options).prepareTarget("mhsm-backup-contoso-2026-11-23"));
    expect(thrown.failure).toMatchObject({ reason: "noAnswer", status, code });
    expect(thrown.failure.remedy).toContain(remedy);
    expect(secretsIn(thrown)).toEqual([]);
    expect(new Set(proxy.log)).toEqual(new Set(["CONNECT backups.blob.core.windows.net:443"]));
  });

  test.each(["http", "https"])("storage on loopback is called directly over %s", async (scheme) => {
    const listener = scheme === "https" ? server.hsm.url : endpoint.url;
    const account = `${scheme}://${new URL(listener).host}/account`;
    const endpoints = `BlobEndpoint=${account};QueueEndpoint=${account}`;
    const text = `DefaultEndpointsProtocol=${scheme};AccountName=account;AccountKey=${ACCOUNT_KEY};${endpoints}`;
    server.script({ status: 404 });
    const host = { by: "connectionString", connectionString: secret(text) } as const;
    const { container, queue } = ledgerClients(host, "backup-runs", () => identity, PATIENT.callTimeLimit);
    for (const call of [() => container.exists(), () => queue.getProperties()]) await call().catch(() => undefined);
    expect(proxy.log).toEqual([]);
    if (scheme === "https") expect(server.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
  });
});

/** What a start and a look at an HSM in Azure fail with. */
async function callHsmInAzure() {
  const hsm = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };
  const client = managedHsm(PATIENT);
  return [
    await errorOfCall(client.startFullBackup(hsm, TARGET)),
    await errorOfCall(client.getBackupStatus(hsm, JOB_ID)),
  ];
}
