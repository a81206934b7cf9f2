import { KeyClient } from "@azure/keyvault-keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fields, parseFields, text } from "../../scripts/json.ts";
import { makeSas } from "../container-sas.ts";
import { HSM_RESOURCE } from "../token-credential.ts";
import { until } from "../until.ts";
import { type PrintedSettings, startEmulators } from "./printed-settings.ts";

const API = "api-version=7.4";
// A job takes six seconds by default, as something that a person can watch.
const JOB_SECONDS = 1;

describe("what npm run emulators -- --json prints", () => {
  let emulators: PrintedSettings;
  let hsm: string;
  beforeAll(async () => {
    emulators = await startEmulators();
    hsm = text(emulators.settings, "BACKUP_HSM_URLS");
  }, 60_000);
  afterAll(() => emulators?.stop());

  async function call(method: string, path: string, body?: object): Promise<Fields> {
    const authorization = `Bearer ${await emulators.tokenFor(HSM_RESOURCE)}`;
    const answer = await fetch(`${hsm}/${path}?${API}`, {
      method,
      headers: { authorization, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
    return parseFields(said, path);
  }
  async function follow(kind: "backup" | "restore", started: Fields): Promise<Fields> {
    const look = async () => {
      const job = await call("GET", `${kind}/${text(started, "jobId")}/pending`);
      return job.status === "InProgress" ? undefined : job;
    };
    const ended = await until(`the ${kind} has ended`, look, 30);
    expect(ended.status, JSON.stringify(ended)).toBe("Succeeded");
    return ended;
  }
  async function shortenJobs(): Promise<void> {
    const { origin, pathname } = new URL(hsm);
    const operations = ["backup", "keyRestore", "restore"];
    const faults = operations.map((operation) => ({ operation, fault: "slow", seconds: JOB_SECONDS }));
    const body = JSON.stringify(faults);
    expect((await fetch(`${origin}/_control${pathname}/faults`, { method: "POST", body })).status).toBe(204);
  }

  test("any Managed HSM client backs up, follows, restores, and restores one key alone", async () => {
    const container = emulators.storage.getContainerClient("another-client");
    await container.create();
    const storage = { storageResourceUri: container.url, token: await makeSas(emulators.storage, container) };
    const keys = new KeyClient(hsm, emulators.credentialFor(HSM_RESOURCE), {
      disableChallengeResourceVerification: true,
    });
    const purge = async (name: string) => {
      await (await keys.beginDeleteKey(name, { intervalInMs: 50 })).pollUntilDone();
      await keys.purgeDeletedKey(name);
    };
    const made = await keys.createRsaKey("signing");
    await keys.createEcKey("tls");

    await shortenJobs();
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
});
