import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import type { Emulator, Hsm } from "../../../local/managed-hsm-emulator/hsm.ts";
import { makeBackupWork } from "../../../local/managed-hsm-emulator/jobs/backup-job.ts";
import { type JobWork, startJob } from "../../../local/managed-hsm-emulator/jobs/run-job.ts";
import { makeSecurityDomain } from "../../../local/managed-hsm-emulator/jobs/security-domain.ts";
import { makeStorageAgent, openContainer } from "../../../local/managed-hsm-emulator/storage/storage-container.ts";
import { TENANT } from "../../token-credential.ts";
import { until } from "../../until.ts";
import { asList, backUp, call, control, errorCode, follow } from "./hsm-client.ts";
import { folderOf, useStoredWorld } from "./stored-world.ts";
import { listBlobs } from "./world.ts";

const world = useStoredWorld({ uploadSeconds: 0 });

test("a backup starts with 202 and ends with its blobs in the folder that the status names", async () => {
  const { contoso, keys, makePlace } = world();
  const { container, storageResourceUri, token } = await makePlace();
  await keys.createEcKey("payroll");
  const started = await call(contoso, "POST", "backup", { body: { storageResourceUri, token } });
  expect(started.status).toBe(202);
  expect(started.headers.get("retry-after")).toBe("0");
  const jobId = String(started.body.jobId);
  expect(jobId).toMatch(/^[0-9a-f]{32}$/);
  expect(started.headers.get("azure-asyncoperation")).toBe(`${contoso}/backup/${jobId}/pending`);
  expect(started.body).toMatchObject({
    status: "InProgress",
    statusDetails: null,
    error: null,
    endTime: null,
    azureStorageBlobContainerUri: null,
  });
  const ended = await follow(contoso, started, "backup");
  expect(ended).toMatchObject({ status: "Succeeded", error: null, jobId });
  expect(ended.statusDetails).toBeNull();
  expect(folderOf(ended)).toMatch(/^mhsm-contoso-\d{16}$/);
  const blobs = await listBlobs(container);
  expect(blobs.length).toBeGreaterThan(3);
  for (const { name } of blobs) expect(name.startsWith(`${folderOf(ended)}/`)).toBe(true);
  const state = await control(contoso, "GET", "state");
  const job = asList(state.body.jobs).find(({ id }) => id === jobId);
  const bytes = blobs.reduce((sum, blob) => sum + blob.bytes, 0);
  expect(job).toMatchObject({ status: "Succeeded", folder: folderOf(ended), blobCount: blobs.length, bytes });
});

test("while a backup runs its folder starts with a dot, and holds what was written so far", async () => {
  const { contoso, makePlace } = world();
  const { container, storageResourceUri, token } = await makePlace();
  await control(contoso, "POST", "faults", [
    { operation: "backup", fault: "neverEnds" },
    { operation: "backup", fault: "slow", seconds: 10 },
  ]);
  const started = await call(contoso, "POST", "backup", { body: { storageResourceUri, token } });
  expect(started.headers.get("retry-after")).toBe("10");
  const running = await until("the folder of the running job", async () => {
    const look = await call(contoso, "GET", `backup/${started.body.jobId}/pending`);
    return look.body.azureStorageBlobContainerUri === null ? undefined : look.body;
  });
  expect(running).toMatchObject({ status: "InProgress", statusDetails: null, error: null, endTime: null });
  expect(folderOf(running)).toMatch(/^\.mhsm-contoso-\d{16}$/);
  expect((await listBlobs(container)).some(({ name }) => name.startsWith(`${folderOf(running)}/`))).toBe(true);
  await control(contoso, "DELETE", "jobs");
});

test("nothing of a key can be read in a backup", async () => {
  const { contoso, keys, makePlace } = world();
  const { container, storageResourceUri, token } = await makePlace();
  await keys.createEcKey("very-secret-name");
  await backUp(contoso, storageResourceUri, token);
  for (const { name } of await listBlobs(container)) {
    const content = await container.getBlobClient(name).downloadToBuffer();
    expect(content.includes("very-secret-name")).toBe(false);
  }
});

test("with useManagedIdentity the HSM writes by an identity of its own, from version 7.5 on", async () => {
  const { contoso, makePlace } = world();
  const { container, storageResourceUri, token } = await makePlace();
  const body = { storageResourceUri, useManagedIdentity: true };
  const started = await call(contoso, "POST", "backup", { version: "7.5", body });
  expect(await follow(contoso, started, "backup")).toMatchObject({ status: "Succeeded" });
  expect((await listBlobs(container)).length).toBeGreaterThan(0);
  const both = await call(contoso, "POST", "backup", { version: "7.5", body: { ...body, token } });
  expect([both.status, errorCode(both)]).toEqual([400, "BadParameter"]);
  const elsewhere = { useManagedIdentity: true, storageResourceUri: "https://account.blob.core.windows.net/backups" };
  const refused = await call(contoso, "POST", "backup", { version: "7.5", body: elsewhere });
  expect([refused.status, errorCode(refused)]).toEqual([400, "ManagedIdentityNotConfigured"]);
});

test("an HSM without an identity refuses to write by one, and takes a SAS; attached again, it writes by it", async () => {
  const { contoso, fabrikam, makePlace } = world();
  const { storageResourceUri, token } = await makePlace();
  const start = (base: string, right: object) =>
    call(base, "POST", "backup", { version: "7.5", body: { storageResourceUri, ...right } });
  await control(contoso, "DELETE", "identity");
  const refused = await start(contoso, { useManagedIdentity: true });
  expect([refused.status, errorCode(refused)]).toEqual([400, "ManagedIdentityNotConfigured"]);
  expect((await control(contoso, "GET", "state")).body.hasIdentity).toBe(false);
  await follow(fabrikam, await start(fabrikam, { useManagedIdentity: true }), "backup");
  expect(await follow(contoso, await start(contoso, { token }), "backup")).toMatchObject({ status: "Succeeded" });
  await control(contoso, "POST", "identity");
  const started = await start(contoso, { useManagedIdentity: true });
  expect(await follow(contoso, started, "backup")).toMatchObject({ status: "Succeeded" });
});

test("a container that isn't there is refused to an HSM's own identity too", async () => {
  const { contoso, storage } = world();
  const storageResourceUri = storage.service.getContainerClient("nowhere").url;
  const body = { storageResourceUri, useManagedIdentity: true };
  const refused = await call(contoso, "POST", "backup", { version: "7.5", body });
  expect([refused.status, errorCode(refused)]).toEqual([400, "ContainerNotFound"]);
});

test("one job at a time: of two starts at once one is refused, and the other HSM is free", async () => {
  const { contoso, fabrikam, makePlace } = world();
  const { storageResourceUri, token } = await makePlace();
  await control(contoso, "POST", "faults", [{ operation: "backup", fault: "neverEnds" }]);
  const start = (base: string) => call(base, "POST", "backup", { body: { storageResourceUri, token } });
  const [one, two, other] = await Promise.all([start(contoso), start(contoso), start(fabrikam)]);
  expect([one.status, two.status].toSorted()).toEqual([202, 409]);
  expect(other.status).toBe(202);
  const refused = one.status === 409 ? one : two;
  expect(refused.body.error).toEqual({ code: "Conflict", message: "Another backup operation is in progress." });
  await control(contoso, "DELETE", "jobs");
  await follow(fabrikam, other, "backup");
});

test("a container that is deleted during a backup fails the job with the error of the storage inside", async () => {
  const { ground, makePlace } = world();
  const { container, storageResourceUri, token } = await makePlace();
  const agent = makeStorageAgent(ground.certificate.pem);
  onTestFinished(() => agent.destroy());
  const address = { containerUrl: storageResourceUri, prefix: "", isLoopback: true };
  const hsm: Hsm = {
    name: "contoso",
    url: "https://127.0.0.1/contoso",
    rootUrl: "https://127.0.0.1",
    securityDomain: makeSecurityDomain(TENANT, "contoso"),
    keys: new Map(),
    jobs: [],
    calls: [],
    script: [],
    held: new Set(),
    identity: randomUUID(),
  };
  const emulator: Emulator = {
    tenantId: TENANT,
    uploadSeconds: 0,
    now: () => new Date(),
    journal: undefined,
    agent,
    hsms: new Map([[hsm.name, hsm]]),
  };
  const storage = { address, container: openContainer(agent, address, { kind: "sas", token }) };
  const backUp = makeBackupWork(hsm, storage, new Date(), false);
  const work: JobWork = (job, pace, signal) => {
    const deleteAfterFirstBlob = async (share: number): Promise<void> => {
      if (job.blobCount === 1) await container.delete();
      await pace(share);
    };
    return backUp(job, deleteAfterFirstBlob, signal);
  };
  const job = startJob(emulator, hsm, "backup", 0, { disguise: {} }, work);
  await job.ended;
  expect(job).toMatchObject({
    status: "Failed",
    blobCount: 1,
    error: { code: "StorageError", innererror: { code: "ContainerNotFound" } },
  });
  expect(JSON.stringify(job.error)).not.toContain("sig=");
});

test("a folder inside the container can be named as the storage, as in the reference's sample", async () => {
  const { contoso, makePlace } = world();
  const { container, storageResourceUri, token } = await makePlace();
  const ended = await backUp(contoso, `${storageResourceUri}/inner`, token);
  expect(ended).toMatchObject({ status: "Succeeded" });
  const blobs = await listBlobs(container);
  expect(blobs.every(({ name }) => name.startsWith(`inner/${folderOf(ended)}/`))).toBe(true);
  const sasTokenParameters = { storageResourceUri, token };
  const body = { sasTokenParameters, folderToRestore: `inner/${folderOf(ended)}` };
  expect(await follow(contoso, await call(contoso, "PUT", "restore", { body }), "restore")).toMatchObject({
    status: "Succeeded",
  });
});
