import type { KeyClient } from "@azure/keyvault-keys";
import { expect, test } from "vitest";
import { backUp, call, errorCode, follow } from "./hsm-client.ts";
import { folderOf, useStoredWorld } from "./stored-world.ts";
import { listBlobs, startTestEmulator } from "./world.ts";

const world = useStoredWorld({ uploadSeconds: 0 });

async function purge(keys: KeyClient, name: string): Promise<void> {
  await (await keys.beginDeleteKey(name, { intervalInMs: 10 })).pollUntilDone();
  await keys.purgeDeletedKey(name);
}

test("a deleted and purged key comes back by a full restore, with its versions, tags and attributes", async () => {
  const { contoso, keys, makePlace } = world();
  const { storageResourceUri, token } = await makePlace();
  await keys.createRsaKey("ledger", { tags: { team: "books" } });
  const before = await keys.createRsaKey("ledger", { tags: { team: "books" } });
  const ended = await backUp(contoso, storageResourceUri, token);
  await purge(keys, "ledger");
  await keys.createEcKey("made-after-the-backup");
  await expect(keys.getKey("ledger")).rejects.toMatchObject({ statusCode: 404 });

  const body = { sasTokenParameters: { storageResourceUri, token }, folderToRestore: folderOf(ended) };
  const started = await call(contoso, "PUT", "restore", { body });
  expect(started.headers.get("azure-asyncoperation")).toBe(`${contoso}/restore/${started.body.jobId}/pending`);
  expect(await follow(contoso, started, "restore")).toMatchObject({ status: "Succeeded", error: null });

  const after = await keys.getKey("ledger");
  expect(after.key?.n).toEqual(before.key?.n);
  expect(after.properties.version).toBe(before.properties.version);
  expect(after.properties.tags).toEqual({ team: "books" });
  const versions: string[] = [];
  for await (const { version } of keys.listPropertiesOfKeyVersions("ledger")) versions.push(version ?? "");
  expect(versions).toHaveLength(2);
  await expect(keys.getKey("made-after-the-backup")).rejects.toMatchObject({ statusCode: 404 });
});

test("a selective restore brings back one key and touches no other", async () => {
  const { contoso, keys, makePlace } = world();
  const { storageResourceUri, token } = await makePlace();
  for (const name of ["first", "second"]) await keys.createEcKey(name);
  const ended = await backUp(contoso, storageResourceUri, token);
  for (const name of ["first", "second"]) await purge(keys, name);
  await keys.createEcKey("third");
  const body = { sasTokenParameters: { storageResourceUri, token }, folder: folderOf(ended) };
  const restoreFirst = async () =>
    await follow(contoso, await call(contoso, "PUT", "keys/first/restore", { body }), "restore");
  const details = "Number of successful key versions restored: 1, Number of key versions could not overwrite: 0";
  expect(await restoreFirst()).toMatchObject({ status: "Succeeded", statusDetails: details });
  expect((await keys.getKey("first")).name).toBe("first");
  expect((await keys.getKey("third")).name).toBe("third");
  await expect(keys.getKey("second")).rejects.toMatchObject({ statusCode: 404 });
  const again = "Number of successful key versions restored: 0, Number of key versions could not overwrite: 1";
  expect(await restoreFirst()).toMatchObject({ status: "Succeeded", statusDetails: again });

  const missing = await follow(contoso, await call(contoso, "PUT", "keys/never/restore", { body }), "restore");
  expect(missing).toMatchObject({ status: "Failed", error: { code: "KeyNotFound" } });
});

test.each([
  ["a changed blob", "BackupDamaged", /keys\/000001\.bin$/, "change"],
  ["a changed manifest", "BackupDamaged", /manifest\.json$/, "change"],
  ["a missing blob", "BackupIncomplete", /keys\/000001\.bin$/, "remove"],
  ["no manifest", "BackupNotFound", /manifest\.json$/, "remove"],
])("a restore refuses a backup with %s, and changes nothing", async (_, code, pattern, harm) => {
  const { contoso, keys, makePlace } = world();
  const { container, storageResourceUri, token } = await makePlace();
  await keys.createEcKey("kept");
  const ended = await backUp(contoso, storageResourceUri, token);
  await keys.createEcKey("newer");
  const name = (await listBlobs(container)).map((blob) => blob.name).find((blob) => pattern.test(blob)) ?? "";
  if (harm === "remove") await container.getBlobClient(name).delete();
  else {
    const content = await container.getBlobClient(name).downloadToBuffer();
    content[content.length - 20] = (content[content.length - 20] ?? 0) ^ 1;
    await container.getBlockBlobClient(name).upload(content, content.length);
  }
  const body = { sasTokenParameters: { storageResourceUri, token }, folderToRestore: folderOf(ended) };
  const failed = await follow(contoso, await call(contoso, "PUT", "restore", { body }), "restore");
  expect(failed).toMatchObject({ status: "Failed", error: { code } });
  expect((await keys.getKey("newer")).name).toBe("newer");
});

test("a folder whose container was taken for the account, as Python's and .NET's restore do, is found", async () => {
  const { contoso, keys, makePlace } = world();
  const { storageResourceUri, token } = await makePlace();
  await keys.createEcKey("moved");
  const folderUrl = String((await backUp(contoso, storageResourceUri, token)).azureStorageBlobContainerUri);
  const { origin, pathname } = new URL(folderUrl);
  const [account, ...folder] = pathname.slice(1).split("/");
  const sasTokenParameters = { storageResourceUri: `${origin}/${account}`, token };
  await purge(keys, "moved");
  const body = { sasTokenParameters, folder: folder.join("/") };
  const started = await call(contoso, "PUT", "keys/moved/restore", { body });
  expect(await follow(contoso, started, "restore")).toMatchObject({ status: "Succeeded" });
  expect((await keys.getKey("moved")).name).toBe("moved");
});

test("a restore refuses the backup of an HSM with another security domain", async () => {
  const { contoso, fabrikam, makePlace } = world();
  const { storageResourceUri, token } = await makePlace();
  const ended = await backUp(contoso, storageResourceUri, token);
  const body = { sasTokenParameters: { storageResourceUri, token }, folderToRestore: folderOf(ended) };
  const failed = await follow(fabrikam, await call(fabrikam, "PUT", "restore", { body }), "restore");
  expect(failed).toMatchObject({ status: "Failed", error: { code: "SecurityDomainMismatch" } });
});

test("a backup can be restored after a restart of the emulator", async () => {
  const { contoso, keys, makePlace, ground } = world();
  const { storageResourceUri, token } = await makePlace();
  await keys.createEcKey("outlives");
  const ended = await backUp(contoso, storageResourceUri, token);
  const second = await startTestEmulator(ground);
  try {
    const base = `${second.url}/contoso`;
    const body = { sasTokenParameters: { storageResourceUri, token }, folderToRestore: folderOf(ended) };
    expect(await follow(base, await call(base, "PUT", "restore", { body }), "restore")).toMatchObject({
      status: "Succeeded",
    });
    expect((await call(base, "GET", "keys/outlives")).status).toBe(200);
  } finally {
    await second.close();
  }
});

test("the checks before a backup and a restore change nothing, and report what is wrong", async () => {
  const { contoso, keys, makePlace } = world();
  const { container, storageResourceUri, token } = await makePlace();
  const version = "7.6";
  const empty = await call(contoso, "POST", "prebackup", { version, body: {} });
  expect(await follow(contoso, empty, "backup")).toMatchObject({
    status: "Succeeded",
    azureStorageBlobContainerUri: null,
  });
  const partly = await call(contoso, "POST", "prebackup", { version, body: { storageResourceUri } });
  expect(await follow(contoso, partly, "backup")).toMatchObject({ status: "Succeeded" });
  const wrong = await call(contoso, "POST", "prebackup", { version, body: { storageResourceUri, token: "sv=1" } });
  expect([wrong.status, errorCode(wrong)]).toEqual([400, "BadRequest"]);
  const full = await call(contoso, "POST", "prebackup", { version, body: { storageResourceUri, token } });
  expect(await follow(contoso, full, "backup")).toMatchObject({ status: "Succeeded" });
  expect(await listBlobs(container)).toEqual([]);

  for (const body of [{}, undefined]) {
    const unnamed = await call(contoso, "PUT", "prerestore", { version, body });
    expect(await follow(contoso, unnamed, "restore")).toMatchObject({ status: "Succeeded" });
  }
  const sasTokenParameters = { storageResourceUri, token };
  const nothing = await call(contoso, "PUT", "prerestore", {
    version,
    body: { sasTokenParameters, folderToRestore: "none" },
  });
  expect(await follow(contoso, nothing, "restore")).toMatchObject({
    status: "Failed",
    error: { code: "BackupNotFound" },
  });
  const ended = await backUp(contoso, storageResourceUri, token);
  await keys.createEcKey("after-the-check");
  const body = { sasTokenParameters, folderToRestore: folderOf(ended) };
  const good = await call(contoso, "PUT", "prerestore", { version, body });
  expect(await follow(contoso, good, "restore")).toMatchObject({ status: "Succeeded" });
  const byUrl = { sasTokenParameters, folderToRestore: String(ended.azureStorageBlobContainerUri) };
  const checked = await call(contoso, "PUT", "prerestore", { version, body: byUrl });
  expect(await follow(contoso, checked, "restore")).toMatchObject({ status: "Succeeded" });
  const refused = await call(contoso, "PUT", "restore", { version, body: byUrl });
  expect([refused.status, errorCode(refused)]).toEqual([400, "BadParameter"]);
  expect((await keys.getKey("after-the-check")).name).toBe("after-the-check");
});
