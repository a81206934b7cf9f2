import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../until.ts";
import { errorIn, fieldsIn, NEW_YEAR, runsIn, untilEnded } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { viewLedger } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

describe("the app over HTTP", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["contoso", "twofold", "repeated", "damaged"]);
    host = await app.startHost({ BACKUP_SCHEDULE: NEW_YEAR });
  }, 60_000);
  afterAll(() => app?.stop());

  test.concurrent("a backup started by hand is followed to a verified end, and its record is found by the address in Location", async () => {
    const answer = await host.post('{"hsm":"contoso"}');
    expect(answer.status).toBe(202);
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    const { id } = fieldsIn(answer);
    expect(answer.headers.get("location")).toBe(`/api/backups/contoso/${id}`);

    const record = await untilEnded(host, "contoso", id);
    expect(record).toMatchObject({
      schemaVersion: 1,
      hsm: "contoso",
      trigger: "manual",
      slot: null,
      state: "Succeeded",
    });
    expect(record.blobCount).toBeGreaterThan(0);
    expect(record.bytes).toBeGreaterThan(0);
    const list = await host.get("/api/backups?hsm=contoso");
    expect(runsIn(list)).toMatchObject([{ id, state: "Succeeded", blobCount: record.blobCount, bytes: record.bytes }]);
    const overview = await until("the card is given back", async () => {
      const runs = runsIn(await host.get("/api/backups")).filter(({ hsm }) => hsm === "contoso");
      return runs.some(({ state }) => state === "Succeeded") ? runs : undefined;
    });
    expect(overview).toMatchObject([{ id }]);
    const health = await host.get("/api/health");
    expect(health.status).toBe(200);
    expect(fieldsIn(health).hsms).toContainEqual(
      expect.objectContaining({ hsm: "contoso", newestSuccessRun: id, isOverdue: false }),
    );
  }, 60_000);

  test.concurrent("two starts at once: one is accepted, the other gets its address and leaves no trace", async () => {
    const answers = await Promise.all([host.post('{"hsm":"twofold"}'), host.post('{"hsm":"twofold"}')]);
    const accepted = answers.find(({ status }) => status === 202);
    const refused = answers.find(({ status }) => status === 409);
    if (accepted === undefined || refused === undefined) throw new Error(`got ${answers.map(({ status }) => status)}`);
    const { id } = fieldsIn(accepted);
    expect(errorIn(refused).code).toBe("backupRunning");
    expect(refused.headers.get("location")).toBe(`/api/backups/twofold/${id}`);
    await untilEnded(host, "twofold", id);
    const { records } = await viewLedger(app.ledger, "twofold");
    expect(records.map((record) => record.id)).toEqual([id]);
  }, 60_000);

  test.concurrent("the same Idempotency-Key twenty times at once, and again after the end, is one run", async () => {
    const send = () => host.post('{"hsm":"repeated"}', { "idempotency-key": "tonight" });
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const ids = new Set(answers.map((answer) => fieldsIn(answer).id));
    expect(ids.size).toBe(1);
    const [id] = ids;
    await untilEnded(host, "repeated", id);
    expect(fieldsIn(await send())).toMatchObject({ id, state: "Succeeded" });
    const { records } = await viewLedger(app.ledger, "repeated");
    expect(records).toHaveLength(1);
  }, 60_000);

  test.concurrent("a missing ledger is told by every answer, with its remedy, and nothing looks healthy", {
    timeout: 60_000,
  }, async ({ onTestFinished }) => {
    const lonely = await app.installAnother();
    onTestFinished(lonely.stop);
    await lonely.ledger.delete();
    const deaf = await lonely.startHost({ BACKUP_SCHEDULE: NEW_YEAR });
    const health = await deaf.get("/api/health");
    expect(health.status).toBe(503);
    expect(health.text).toContain("backup-runs");
    for (const answer of [await deaf.post('{"hsm":"contoso"}'), await deaf.get("/api/backups?hsm=contoso")]) {
      expect(answer.status).toBe(503);
      expect(errorIn(answer).message).toContain("backup-runs");
    }
    const checked = await until("it is logged", () => deaf.events("backup.checked")[0]);
    expect(checked.isOverdue).toBe(true);
  });

  test("a record that can't be read is reported by its name, and the others are listed", async () => {
    const started = await host.post('{"hsm":"damaged"}');
    const { id } = fieldsIn(started);
    await untilEnded(host, "damaged", id);
    const bad = "20260101T000000Z-1-aaaaaaaa";
    const name = `runs/damaged/${String(9_999_999_999_999 - Date.parse("2026-01-01T00:00:00Z") - 1)}-${bad}.json`;
    await app.ledger.getBlockBlobClient(name).upload("not a record", 12);

    expect(runsIn(await host.get("/api/backups?hsm=damaged"))).toMatchObject([
      { id, state: "Succeeded" },
      { id: bad, state: "Unreadable" },
    ]);
    const answer = await host.get(`/api/backups/damaged/${bad}`);
    expect([answer.status, errorIn(answer).code]).toEqual([409, "recordUnreadable"]);
    expect(errorIn(answer).message).toContain(bad);
  }, 60_000);

  test("a cursor goes on where the page ended, and belongs to its list alone", async () => {
    const page = await host.get("/api/backups?hsm=damaged&limit=1");
    const { cursor } = fieldsIn(page);
    const next = await host.get(`/api/backups?hsm=damaged&limit=1&cursor=${cursor}`);
    expect(runsIn(page)).toHaveLength(1);
    expect(runsIn(next)).toHaveLength(1);
    expect(runsIn(next)[0]?.id).not.toBe(runsIn(page)[0]?.id);
    for (const query of [
      `hsm=damaged&cursor=${cursor}.junk`,
      `hsm=contoso&cursor=${cursor}`,
      `hsm=damaged&state=Failed&cursor=${cursor}`,
    ]) {
      expect((await host.get(`/api/backups?${query}`)).status).toBe(400);
    }
  });
});
