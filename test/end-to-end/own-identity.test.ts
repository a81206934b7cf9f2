import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { list } from "../../scripts/json.ts";
import { until } from "../until.ts";
import { errorIn, fieldsIn, healthOf, startByHand, untilEnded, untilHealthy } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { BY_HAND } from "./installation.ts";
import type { RunningHost } from "./running-host.ts";

describe("backups that an HSM writes with its own identity", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["contoso", "bare"]);
    host = await app.startHost({ ...BY_HAND, BACKUP_AUTHENTICATION: "managedIdentity" });
  }, 60_000);
  afterAll(() => app?.stop());

  test("an HSM without an identity refuses, and its run says how to attach one; once it has one, backups are made", async () => {
    await app.control("DELETE", "bare", "identity");
    const failed = await untilEnded(host, "bare", await startByHand(host, "bare"));
    const remedy = expect.stringMatching(
      /az keyvault update-hsm --hsm-name bare --mi-user-assigned .*"Storage Blob Data Contributor"/,
    );
    expect(failed).toMatchObject({ state: "Failed", error: { code: "ManagedIdentityNotConfigured", remedy } });
    const [refused] = host.events("backup.refused");
    expect(refused).toMatchObject({ hsm: "bare", run: failed.id, status: 400, reason: "sasRefused", remedy });

    await app.control("POST", "bare", "identity");
    const again = await until("the HSM is free", async () => {
      const answer = await host.post('{"hsm":"bare"}');
      if (answer.status === 202) return fieldsIn(answer).id;
      expect(errorIn(answer).code).toBe("backupRunning");
      return undefined;
    });
    expect(await untilEnded(host, "bare", again)).toMatchObject({ state: "Succeeded" });
  });

  test("a backup is made, verified and shown with no SAS anywhere, by an api-version that can do it", async () => {
    const id = await startByHand(host, "contoso");
    const record = await untilEnded(host, "contoso", id);
    expect(record).toMatchObject({ id, state: "Succeeded", error: null });
    expect(record.blobCount).toBeGreaterThan(0);
    const folder = `${app.world.settings.BACKUP_STORAGE_URL}/${record.container}/mhsm-contoso-`;
    expect(String(record.folderUrl)).toContain(folder);

    const seen = await app.control("GET", "contoso", "state");
    const calls = list(seen, "calls");
    expect(calls).toContainEqual(
      expect.objectContaining({ operation: "backup", apiVersion: "7.5", status: 202, jobId: record.jobId }),
    );
    expect(calls.filter(({ apiVersion }) => apiVersion !== "7.5")).toEqual([]);
    expect(list(seen, "jobs")).toMatchObject([
      { status: "Succeeded", blobCount: record.blobCount, bytes: record.bytes },
    ]);
    await untilHealthy(host);
    expect((await healthOf(host)).problems).toEqual([]);
    expect(host.lines().join("\n")).not.toMatch(/\bsig=/);
  });
});
