import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { connect } from "../../../azure/connect.ts";
import { heldTokens, type Identity } from "../../../azure/identity/held-tokens.ts";
import { identities } from "../../../azure/identity/identities.ts";
import { managedHsm } from "../../../azure/managed-hsm/managed-hsm.ts";
import { parseSchedule } from "../../../azure/schedule/ncrontab.ts";
import { ledgerBlobs } from "../../../azure/storage/ledger.ts";
import { ledgerClients } from "../../../azure/storage/storage-clients.ts";
import { after, instantOf } from "../../../backup/model/instant.ts";
import { INTERVALS } from "../../../backup/model/intervals.ts";
import { readSettings } from "../../../backup/settings/read-settings.ts";
import { PATIENT } from "../../azure/managed-hsm/patient-client.ts";
import { TARGET, TOKEN } from "../../azure/secrets.ts";
import { makeTrustedCertificate, type TrustedCertificate } from "../../trusted-certificate.ts";
import { failedOf, outcomeOf } from "./outcomes.ts";
import { goodToken, tokenBodies, tokenStatuses } from "./token-answers.ts";
import { brokenWires, http, locationsAt, strangeWires } from "./wire-answers.ts";
import { noUnhandledRejections } from "./wire-pair.ts";
import { startWireServer, type WireServer } from "./wire-server.ts";

const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";
const MESSAGE = { schemaVersion: 1, hsm: "contoso", run: "20261123T020000Z-m-aaaaaaaa", seq: 0 };
const HEADER = "the-identity-header-0123456789";
/** Milliseconds; the library tries again for seconds what may pass. */
const LIMIT = 300;

let certificate: TrustedCertificate;
let endpoint: WireServer;
let bystander: WireServer;
/** HSM and storage at once. */
let service: WireServer;
beforeAll(async () => {
  certificate = await makeTrustedCertificate();
  [endpoint, bystander, service] = await Promise.all([
    startWireServer(),
    startWireServer(),
    startWireServer(certificate),
  ]);
  vi.stubEnv("IDENTITY_ENDPOINT", `${endpoint.origin}/msi/token`);
  vi.stubEnv("IDENTITY_HEADER", HEADER);
  bystander.answer(http(200, [], goodToken()));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([endpoint.close(), bystander.close(), service.close(), certificate.remove()]);
});
beforeEach(() => {
  service.answer(http(202, [], JSON.stringify({ status: "InProgress", jobId: JOB_ID })));
});
afterEach(() => {
  // Neither the header that opens the endpoint nor a token goes to a server that an answer points at.
  expect(bystander.requests).toEqual([]);
});

/** An identity with no token kept: the library shares its tokens within the process. */
const identity = (limit: number) => identities(randomUUID(), limit, () => new Date())();

/** A start and a read of the ledger, with what the endpoint answers. */
function calls(limit: number): readonly Promise<unknown>[] {
  const hsm = { name: "contoso", url: `${service.origin}/contoso` };
  const client = managedHsm({ ...PATIENT, identity: identity(limit), startTimeLimit: limit, callTimeLimit: limit });
  return [client.startFullBackup(hsm, TARGET), ledgerOf(identity(limit), limit).readBlob("a")];
}

noUnhandledRejections();

/** The ledger with one client for all calls, as in production. */
function ledgerOf(ofLedger: Identity, limit: number) {
  const url = `${service.origin}/stub`;
  const host = { by: "identity", blobServiceUrl: url, queueServiceUrl: url, clientId: undefined } as const;
  return ledgerBlobs(ledgerClients(host, "backup-runs", () => ofLedger, limit).container, limit);
}

const expectNoHeader = (value: unknown): void =>
  expect(inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(HEADER);

describe("an identity endpoint", () => {
  test("as it should be gives a token to the HSM", async () => {
    endpoint.answer(http(200, [], goodToken()));
    const [started] = await Promise.all(calls(PATIENT.startTimeLimit).map((call) => outcomeOf(call, LIMIT)));
    expect(started).toEqual({ value: { jobId: JOB_ID, retryAfter: null } });
    expect(service.requests.filter((request) => request.includes(`uthorization: Bearer ${TOKEN}\r\n`))).toHaveLength(2);
    expect(endpoint.requests[0]?.toLowerCase()).toContain(`x-identity-header: ${HEADER}`);
  });

  test.each(brokenWires(goodToken()))("that %s: no call succeeds, and nothing is sent", async (_what, wire) => {
    endpoint.answer(wire);
    const failed = await Promise.all(calls(LIMIT).map((call) => failedOf(call, LIMIT)));
    for (const { failure } of failed) expect(["noAnswer", "denied"]).toContain(failure.reason);
    for (const each of failed) expectNoHeader(each);
    expect(service.requests).toEqual([]);
  });

  test.each(strangeWires(goodToken()))("that %s: an outcome or a failure", async (_what, wire) => {
    endpoint.answer(wire);
    await Promise.all(calls(LIMIT).map((call) => outcomeOf(call, LIMIT)));
  });

  test.each([301, 302, 303, 307, 308])("that answers %i is followed to no other host", async (status) => {
    for (const location of locationsAt(bystander.origin)) {
      endpoint.answer(http(status, [["location", location]], goodToken()));
      await Promise.all(calls(LIMIT).map((call) => outcomeOf(call, LIMIT)));
      expect(bystander.requests).toEqual([]);
    }
  });
});

describe("a token's answer", () => {
  test("malformed anywhere is a token or a failure of the identity, and never an injected header", async () => {
    await fc.assert(
      fc.asyncProperty(tokenStatuses, tokenBodies, async (status, body) => {
        endpoint.answer(http(status, [["x-echo", TOKEN]], status === 204 || status === 304 ? "" : body));
        service.answer(http(202, [], JSON.stringify({ status: "InProgress", jobId: JOB_ID })));
        const began = performance.now();
        const [started, read] = await Promise.all(calls(LIMIT).map((call) => outcomeOf(call, LIMIT)));
        for (const each of [started, read]) expectNoHeader(each);
        for (const request of service.requests) {
          expect(request).not.toMatch(/^x-evil/im);
          expect(request).toMatch(/^authorization: Bearer/im);
        }
        // An answer without a token is reported as such at once, and not as a timeout.
        const code = started !== undefined && "failed" in started ? started.failed.failure.code : "";
        if (code === "TimedOut") expect(performance.now() - began).toBeGreaterThanOrEqual(LIMIT / 2 - 20);
        expect(code).not.toBe("timeout");
      }),
      { numRuns: 100 },
    );
  });

  test.each([5, true, {}, [TOKEN], null, "", " "])(
    "with %j for a token is none: nothing goes to the HSM",
    async (token) => {
      endpoint.answer(http(200, [], goodToken({ access_token: token })));
      const client = managedHsm({ ...PATIENT, identity: identity(PATIENT.startTimeLimit) });
      const call = client.startFullBackup({ name: "contoso", url: `${service.origin}/contoso` }, TARGET);
      const { failure } = await failedOf(call, PATIENT.startTimeLimit);
      expect(failure).toMatchObject({ target: "identity", reason: "noAnswer" });
      expect(failure.code).not.toBe("timeout");
      expect(service.requests).toEqual([]);
    },
  );

  test("of 500 is waited for no longer than the time limit", async () => {
    endpoint.answer(http(500, [], `{"message":"${TOKEN}"}`));
    for (const { failure } of await Promise.all(calls(LIMIT).map((call) => failedOf(call, LIMIT)))) {
      expect(failure.reason).toBe("noAnswer");
    }
  });
});

const absent = http(404, [["x-ms-error-code", "BlobNotFound"]]);

describe("one client for many calls", () => {
  test("asks again after an answer that never came, and reports that it was the identity's", async () => {
    const limit = 3_000;
    const { readBlob } = ledgerOf(identity(limit), limit);
    service.answer(absent);
    endpoint.answer({ when: "request", bytes: "", after: "keep" });
    const { failure } = await failedOf(readBlob("a"), limit);
    expect(failure).toMatchObject({ target: "identity", reason: "noAnswer", code: "TimedOut" });
    expect(failure.remedy).toContain("The identity endpoint did not answer");
    endpoint.answer(http(200, [], goodToken()));
    expect(await readBlob("a")).toEqual({ outcome: "absent" });
  });

  test("reports a failure to renew a token to the call that asked, and nowhere else", async () => {
    let isGone = false;
    const expiresOnTimestamp = Date.now() + 1_500;
    const getToken = async () => {
      if (isGone) throw new Error("the identity is gone");
      return { token: TOKEN, expiresOnTimestamp };
    };
    const { readBlob } = ledgerOf(
      heldTokens({ getToken }, PATIENT.callTimeLimit, () => new Date()),
      PATIENT.callTimeLimit,
    );
    service.answer(absent);
    expect(await readBlob("a")).toEqual({ outcome: "absent" });
    isGone = true;
    // The token has expired by then: what is held is no longer given out.
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect((await failedOf(readBlob("a"), PATIENT.callTimeLimit)).failure.said).toBe("the identity is gone");
    // The SDK would try again every three seconds until the token has expired, and then throw where nothing catches.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
  });

  test.each([
    [404, "Assign an identity to the Function app"],
    [429, "the identity endpoint is busy"],
    [503, "the identity endpoint is busy"],
  ])("report an endpoint that answers %i within the time limit, with the remedy", async (status, remedy) => {
    const limit = 30_000;
    endpoint.answer(http(status, [], `{"statusCode":${status},"message":"Not now."}`));
    const { failure } = await failedOf(ledgerOf(identity(limit), limit).readBlob("a"), limit);
    expect(failure).toMatchObject({ target: "identity", reason: "noAnswer", status });
    expect(failure.remedy).toContain(remedy);
  });
});

describe("the adapters as they are connected", () => {
  test("share the tokens of one identity, and outlive an endpoint that was silent", async () => {
    const url = `${service.origin}/stub`;
    const read = readSettings(
      {
        BACKUP_HSM_URLS: "https://contoso.managedhsm.azure.net",
        BACKUP_STORAGE_URL: "https://backups.blob.core.windows.net",
      },
      "1.0.0",
      parseSchedule,
    );
    if (read.outcome !== "usable") throw new Error(JSON.stringify(read.problems));
    const host = { by: "identity", blobServiceUrl: url, queueServiceUrl: url, clientId: undefined } as const;
    const intervals = { ...INTERVALS, callTimeLimit: 2_000 };
    const { readBlob, listBlobs, sendMessage } = connect(
      { AZURE_CLIENT_ID: randomUUID() },
      read.settings,
      host,
      intervals,
    );
    service.answer(absent);
    endpoint.answer({ when: "request", bytes: "", after: "keep" });
    const calls = [
      readBlob("a"),
      listBlobs("b", undefined, 10),
      sendMessage(MESSAGE, instantOf(new Date()), after(new Date(), 60_000)),
    ];
    for (const { failure } of await Promise.all(calls.map((call) => failedOf(call, intervals.callTimeLimit)))) {
      expect(failure).toMatchObject({ target: "identity", code: "TimedOut" });
    }
    expect(endpoint.requests).toHaveLength(1);
    endpoint.answer(http(200, [], goodToken()));
    expect(await Promise.all([readBlob("a"), readBlob("b")])).toEqual([{ outcome: "absent" }, { outcome: "absent" }]);
    expect(endpoint.requests).toHaveLength(1);
  });
});
