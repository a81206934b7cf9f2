import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fieldsOf } from "../../backup/fields.ts";
import { until } from "../until.ts";
import { errorIn, fieldsIn, NEW_YEAR, untilEnded } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import type { RunningHost } from "./running-host.ts";

const BY_IDENTITY = { BACKUP_AUTHENTICATION: "managedIdentity", BACKUP_SCHEDULE: NEW_YEAR };

describe("backups that an HSM writes with its own identity", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["contoso", "bare"]);
    host = await app.startHost(BY_IDENTITY);
  }, 60_000);
  afterAll(() => app?.stop());

  const startedOn = async (hsm: string): Promise<unknown> => {
    const answer = await host.post(JSON.stringify({ hsm }));
    expect(answer.status).toBe(202);
    return fieldsIn(answer).id;
  };

  test("a backup is made, verified and shown with no SAS anywhere, by an api-version that can do it", async () => {
    const id = await startedOn("contoso");
    const record = await untilEnded(host, "contoso", id);
    expect(record).toMatchObject({ id, state: "Succeeded", error: null });
    expect(record.blobCount).toBeGreaterThan(0);
    expect(record.bytes).toBeGreaterThan(0);
    expect(String(record.folderUrl)).toContain(
      `${app.world.settings.BACKUP_STORAGE_URL}/${record.container}/mhsm-contoso-`,
    );

    const { calls, jobs } = fieldsOf(await app.control("GET", "contoso", "state"), "state");
    expect(calls).toContainEqual(
      expect.objectContaining({ operation: "backup", apiVersion: "7.5", status: 202, jobId: record.jobId }),
    );
    expect(calls).not.toContainEqual(expect.objectContaining({ apiVersion: "7.4" }));
    expect(jobs).toMatchObject([{ status: "Succeeded", blobCount: record.blobCount, bytes: record.bytes }]);
    const health = await until("both HSMs are found well", async () => {
      const answer = await host.get("/api/health");
      return answer.status === 200 ? fieldsIn(answer) : undefined;
    });
    expect(health.problems).toEqual([]);
    expect(host.lines().join("\n")).not.toMatch(/\bsig=/);
  }, 60_000);

  test("an HSM without an identity refuses, and its run says how to attach one; once it is there, backups are made", async () => {
    await app.control("DELETE", "bare", "identity");
    const failed = await untilEnded(host, "bare", await startedOn("bare"));
    const attach = expect.stringMatching(
      /az keyvault update-hsm --hsm-name bare --mi-user-assigned .*"Storage Blob Data Contributor"/,
    );
    expect(failed).toMatchObject({
      state: "Failed",
      error: { code: "ManagedIdentityNotConfigured", remedy: attach, message: expect.stringContaining("bare") },
    });
    const [refused] = host.events("backup.refused");
    expect(refused).toMatchObject({ hsm: "bare", run: failed.id, status: 400, reason: "sasRefused", remedy: attach });

    await app.control("POST", "bare", "identity");
    const again = await until("the HSM's card is free", async () => {
      const answer = await host.post('{"hsm":"bare"}');
      if (answer.status === 202) return fieldsIn(answer).id;
      expect(errorIn(answer).code).toBe("backupRunning");
      return undefined;
    });
    expect(await untilEnded(host, "bare", again)).toMatchObject({ state: "Succeeded" });
  }, 60_000);

  test("with an api-version that is too old the setting is told by name, and the backup made all the same", async () => {
    const another = await app.installAnother();
    try {
      const old = await another.startHost({ ...BY_IDENTITY, ...app.only("contoso"), BACKUP_HSM_API_VERSION: "7.4" });
      const answer = await old.post('{"hsm":"contoso"}');
      expect(await untilEnded(old, "contoso", fieldsIn(answer).id)).toMatchObject({ state: "Succeeded" });
      const rejected = await until("the setting is told", () => old.events("settings.rejected")[0]);
      expect(rejected).toMatchObject({
        setting: "BACKUP_HSM_API_VERSION",
        problem: expect.stringContaining("from 7.5 on"),
      });
    } finally {
      await another.stop();
    }
  }, 60_000);
});
