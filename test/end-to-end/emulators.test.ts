import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import type { TokenCredential } from "@azure/core-auth";
import { KeyClient } from "@azure/keyvault-keys";
import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
} from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fields, fieldsOf, parseJson, text } from "../../backup/fields.ts";
import { HOUR, MINUTE } from "../../backup/instant.ts";
import { until } from "./until.ts";

const TOP = fileURLToPath(new URL("../..", import.meta.url));
const CONTAINER = "somebody-elses";
const API = "api-version=7.4";
const KEY = "a-key-of-this-test";

describe("what npm run emulators -- --json prints", () => {
  let folder: string;
  let emulators: ChildProcess;
  let settings: Fields;
  let children: ChildProcess[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mhsm-emulators-"));
    const options = ["emulators", "--json", "--settings-file", join(folder, "local.settings.json")];
    emulators = spawn(process.execPath, ["local/launch.mjs", ...options], {
      cwd: TOP,
      stdio: ["ignore", "pipe", "ignore"],
    });
    children = [emulators];
    settings = fieldsOf(parseJson(await firstLine(emulators), "settings"), "settings");
    setDefaultCACertificates([readFileSync(text(settings, "NODE_EXTRA_CA_CERTS"), "utf8")]);
  }, 60_000);
  afterAll(async () => {
    for (const child of children.toReversed()) {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  });

  /** A token as anybody gets it: from the identity endpoint, over HTTP. */
  async function tokenFor(resource: string): Promise<string> {
    const url = `${text(settings, "IDENTITY_ENDPOINT")}?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`;
    const answer = await fetch(url, { headers: { "X-IDENTITY-HEADER": text(settings, "IDENTITY_HEADER") } });
    return text(fieldsOf(await answer.json(), "token"), "access_token");
  }
  const credentialFor = (resource: string): TokenCredential => ({
    getToken: async () => ({ token: await tokenFor(resource), expiresOnTimestamp: Date.now() + HOUR }),
  });

  async function call(method: string, path: string, body?: object): Promise<Fields> {
    const authorization = `Bearer ${await tokenFor("https://managedhsm.azure.net")}`;
    const url = `${text(settings, "BACKUP_HSM_URLS")}/${path}?${API}`;
    const answer = await fetch(url, {
      method,
      headers: { authorization, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
    return fieldsOf(parseJson(said, path), path);
  }
  async function follow(kind: "backup" | "restore", started: Fields): Promise<Fields> {
    const ended = await until(`the ${kind} has ended`, 30, async () => {
      const job = await call("GET", `${kind}/${text(started, "jobId")}/pending`);
      return job.status === "InProgress" ? undefined : job;
    });
    expect(ended.status, JSON.stringify(ended)).toBe("Succeeded");
    return ended;
  }

  test("any Managed HSM client backs up, follows, restores, and restores one key alone", async () => {
    const service = new BlobServiceClient(
      text(settings, "BACKUP_STORAGE_URL"),
      credentialFor("https://storage.azure.com"),
    );
    const container = service.getContainerClient(CONTAINER);
    await container.create();
    const startsOn = new Date(Date.now() - 15 * MINUTE);
    const expiresOn = new Date(Date.now() + HOUR);
    const key = await service.getUserDelegationKey(startsOn, expiresOn);
    const permissions = ContainerSASPermissions.parse("rcwd");
    const sas = { containerName: CONTAINER, permissions, startsOn, expiresOn, protocol: SASProtocol.Https };
    const token = generateBlobSASQueryParameters(sas, key, service.accountName).toString();

    const keys = new KeyClient(text(settings, "BACKUP_HSM_URLS"), credentialFor("https://managedhsm.azure.net"), {
      disableChallengeResourceVerification: true,
    });
    const purge = async (name: string) => {
      await (await keys.beginDeleteKey(name, { intervalInMs: 50 })).pollUntilDone();
      await keys.purgeDeletedKey(name);
    };
    const made = await keys.createRsaKey("signing");
    await keys.createEcKey("tls");

    const storage = { storageResourceUri: container.url, token };
    const backup = await follow("backup", await call("POST", "backup", storage));
    const folderToRestore = new URL(text(backup, "azureStorageBlobContainerUri")).pathname.split("/").at(-1);

    await purge("signing");
    await purge("tls");
    await follow(
      "restore",
      await call("PUT", "keys/signing/restore", { sasTokenParameters: storage, folder: folderToRestore }),
    );
    expect((await keys.getKey("signing")).key?.n).toEqual(made.key?.n);
    await expect(keys.getKey("tls")).rejects.toMatchObject({ statusCode: 404 });

    await follow("restore", await call("PUT", "restore", { sasTokenParameters: storage, folderToRestore }));
    expect((await keys.getKey("tls")).name).toBe("tls");
  }, 90_000);

  test("any Functions host runs the deployed folder with nothing but these settings", async () => {
    const host = spawn(process.execPath, ["local/functions-host/main.ts", "--app", "dist", "--port", "0"], {
      cwd: TOP,
      env: {
        PATH: process.env.PATH,
        LOCAL_FUNCTION_KEY: KEY,
        ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(host);
    const { url, functions } = fieldsOf(parseJson(await firstLine(host), "listening"), "listening");
    expect(functions).toEqual([
      "scheduledBackup",
      "manualBackup",
      "followBackup",
      "poisonedFollowUp",
      "listBackups",
      "getBackup",
      "health",
    ]);
    const headers = { "x-functions-key": KEY };
    const started = await fetch(`${url}/api/backups`, { method: "POST", headers, body: '{"hsm":"contoso"}' });
    expect(started.status).toBe(202);
    const address = started.headers.get("location");
    const record = await until("the backup has ended", 60, async () => {
      const run = fieldsOf(await (await fetch(`${url}${address}`, { headers })).json(), "run");
      return run.endedAt === null ? undefined : run;
    });
    expect(record).toMatchObject({ state: "Succeeded" });

    // What the record counts is what a listing of its folder gives to somebody else.
    const service = new BlobServiceClient(
      text(settings, "BACKUP_STORAGE_URL"),
      credentialFor("https://storage.azure.com"),
    );
    const container = service.getContainerClient(text(record, "container"));
    const prefix = `${new URL(text(record, "folderUrl")).pathname.split("/").at(-1)}/`;
    const sizes: number[] = [];
    for await (const { properties } of container.listBlobsFlat({ prefix })) sizes.push(properties.contentLength ?? 0);
    expect(record.blobCount).toBe(sizes.length);
    expect(record.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    // And the record stands beside it.
    const copy = await until("the copy is written", 10, async () => {
      const blob = container.getBlobClient(`${text(record, "id")}.backup.json`);
      return (await blob.exists()) ? (await blob.downloadToBuffer()).toString() : undefined;
    });
    expect(parseJson(copy, "copy")).toEqual(record);
  }, 90_000);
});

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The process has no output.");
  const [line]: string[] = await once(createInterface({ input: child.stdout }), "line");
  return line ?? "";
}
