import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { setDefaultCACertificates } from "node:tls";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { connect } from "../../azure/connect.ts";
import { parseSchedule } from "../../azure/schedule/ncrontab.ts";
import { readHostStorage } from "../../azure/storage/host-storage.ts";
import { HOUR, instantOf, MINUTE, SECOND } from "../../backup/model/instant.ts";
import { INTERVALS } from "../../backup/model/intervals.ts";
import type { DoctorAnswer, DoctorCheck } from "../../backup/model/views/doctor-view.ts";
import type { Ports } from "../../backup/ports.ts";
import { type Environment, readSettings } from "../../backup/settings/read-settings.ts";
import { examine } from "../../backup/steps/examine.ts";
import { makeCertificate } from "../../local/certificate.ts";
import { makeTemporaryFolder } from "../../local/temporary-folder.ts";
import { startWorld, type World } from "../../local/world.ts";
import { listen } from "../listen.ts";

const NOBODY = "https://127.0.0.1:1";
const MONITOR = "timers/local/Host.Functions.scheduledBackup/status";

let world: World;
let hostBlobs: BlobServiceClient;
beforeAll(async () => {
  world = await startWorld({ hsms: ["contoso", "fabrikam"], environment: process.env }, new AbortController().signal);
  setDefaultCACertificates([world.certificate.pem]);
  hostBlobs = BlobServiceClient.fromConnectionString(world.settings.AzureWebJobsStorage);
  await hostBlobs.getContainerClient("azure-webjobs-hosts").createIfNotExists();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  await timerFired(instantOf(new Date()));
  await hostBlobs.getContainerClient("backup-runs").getBlobClient("app.json").deleteIfExists();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fetch(`${world.hsmEmulatorUrl}/_control/contoso/faults`, { method: "DELETE" });
});

/** What the Functions host writes when it fires a timer. */
async function timerFired(at: string): Promise<void> {
  const status = JSON.stringify({ Last: at.replace("Z", "+00:00"), Next: at, LastUpdated: at });
  await hostBlobs.getContainerClient("azure-webjobs-hosts").getBlockBlobClient(MONITOR).upload(status, status.length);
}

const fault = async (status: number, code: string): Promise<void> => {
  const body = JSON.stringify([{ operation: "backupStatus", fault: "status", status, code, message: "No." }]);
  const { ok } = await fetch(`${world.hsmEmulatorUrl}/_control/contoso/faults`, { method: "POST", body });
  expect(ok).toBe(true);
};

/** The app's own adapters on the local world, with these settings in place of the world's. */
async function examined(settings: Environment = {}, changes: Partial<Ports> = {}): Promise<DoctorAnswer> {
  // An identity of its own: the library shares tokens within the process.
  const env: Environment = { ...world.settings, AZURE_CLIENT_ID: randomUUID(), ...settings };
  for (const name of ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"]) vi.stubEnv(name, env[name]);
  const read = readSettings(env, "1.2.3", parseSchedule);
  const host = readHostStorage(env);
  if (read.outcome !== "usable" || !("host" in host)) throw new Error("These settings can't be used.");
  const ports = connect(env, read.settings, host.host, { ...INTERVALS, callTimeLimit: 20 * SECOND });
  return examine({ ...ports, log: () => {}, ...changes });
}

const wrongIn = ({ checks }: DoctorAnswer): readonly DoctorCheck[] => checks.filter(({ isOk }) => !isOk);

describe("the doctor", () => {
  test("finds nothing wrong with the local world, and leaves nothing behind", async () => {
    const connection = world.settings.AzureWebJobsStorage;
    const queues = QueueServiceClient.fromConnectionString(connection);
    const answer = await examined();
    expect(wrongIn(answer)).toEqual([]);
    expect(answer.isOk).toBe(true);
    expect(answer.checks.map(({ name, hsm }) => hsm ?? name)).toEqual([
      "settings",
      "identity",
      "ledger",
      "owner",
      "queue",
      "backup account",
      "clock of storage",
      "clock of the HSMs",
      "timer",
      "contoso",
      "fabrikam",
    ]);
    expect((await queues.listQueues().byPage().next()).value.queueItems ?? []).toEqual([]);
    expect(await queues.getQueueClient("backup-runs-follow-ups").exists()).toBe(false);
    const jobs = await (await fetch(`${world.hsmEmulatorUrl}/_control/contoso/state`)).json();
    expect(jobs).toMatchObject({ jobs: [] });
  });

  test.each<[what: string, check: string, remedy: string, settings: () => Environment]>([
    ["a rejected setting", "settings", "settings-rejected.md", () => ({ BACKUP_DEADLINE: "soon" })],
    ["an unknown setting", "settings", "settings-rejected.md", () => ({ BACKUP_HSM_URL: "https://contoso" })],
    ["a ledger that is missing", "ledger", "az storage container create", () => ({ BACKUP_LEDGER: "not-there" })],
    ["a ledger of another app", "owner", "BACKUP_LEDGER", () => ({ WEBSITE_SITE_NAME: "another-app" })],
    ["a rotated account key", "queue", "AzureWebJobsStorage", () => ({ AzureWebJobsStorage: rotatedKey() })],
    [
      "a backup account that can't be reached",
      "backup account",
      "BACKUP_STORAGE_URL",
      () => ({ BACKUP_STORAGE_URL: `${NOBODY}/devstoreaccount1` }),
    ],
    ["an HSM that can't be reached", "HSM", "check BACKUP_HSM_URLS", () => ({ BACKUP_HSM_URLS: `${NOBODY}/contoso` })],
  ])("finds %s, and says what to do", async (what, check, remedy, settings) => {
    if (what.includes("another app")) await examined({ WEBSITE_SITE_NAME: "local" });
    const answer = await examined(settings());
    expect(answer.isOk).toBe(false);
    const found = wrongIn(answer).find(({ name }) => name === check);
    expect(found?.remedy).toContain(remedy);
    expect(found?.found).not.toBe("");
  });

  const rotatedKey = (): string =>
    world.settings.AzureWebJobsStorage.replace(
      /AccountKey=[^;]+/,
      `AccountKey=${Buffer.alloc(64, 7).toString("base64")}`,
    );

  test.each([
    [403, "Forbidden", "az keyvault role assignment create"],
    [401, "Unauthorized", "AZURE_CLIENT_ID"],
  ])("finds an HSM that answers %d, and says what to do; the other HSM is fine", async (status, code, remedy) => {
    await fault(status, code);
    const [wrong, ...others] = wrongIn(await examined());
    expect(wrong).toMatchObject({ name: "HSM", hsm: "contoso", remedy: expect.stringContaining(remedy) });
    expect(others).toEqual([]);
  });

  test("finds an HSM whose certificate is not trusted", async () => {
    const folder = await makeTemporaryFolder();
    const { certificateFile, privateKeyFile } = await makeCertificate(folder.path, new Date());
    const server = createServer({ cert: readFileSync(certificateFile), key: readFileSync(privateKeyFile) });
    const port = await listen(server);
    const answer = await examined({ BACKUP_HSM_URLS: `https://127.0.0.1:${port}/contoso` });
    expect(wrongIn(answer).find(({ hsm }) => hsm === "contoso")?.remedy).toContain("NODE_EXTRA_CA_CERTS");
    server.close();
    server.closeAllConnections();
    await Promise.all([once(server, "close"), folder.stop()]);
  });

  test("finds a clock that is wrong", async () => {
    const answer = await examined({}, { now: () => new Date(Date.now() + HOUR) });
    const wrong = wrongIn(answer).filter(({ name }) => name.startsWith("clock"));
    expect(wrong).toMatchObject([{ name: "clock of storage" }, { name: "clock of the HSMs" }]);
    expect(wrong[0]?.found).toMatch(/the app's clock is (3599|360\d) s ahead/);
    expect(wrong[0]?.remedy).toContain("clock");
  });

  test("finds a timer that has stopped, and one that has never fired", async () => {
    await timerFired(instantOf(new Date(Date.now() - 20 * MINUTE)));
    expect(wrongIn(await examined())).toMatchObject([{ name: "timer", remedy: expect.stringContaining("silent.md") }]);
    await hostBlobs.getContainerClient("azure-webjobs-hosts").getBlobClient(MONITOR).delete();
    expect(wrongIn(await examined())).toMatchObject([
      { name: "timer", found: expect.stringContaining("not fired yet") },
    ]);
  });
});
