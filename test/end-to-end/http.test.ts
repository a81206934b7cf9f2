import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FOLLOW_QUEUE } from "../../azure/storage-clients.ts";
import { type Fields, fieldsOf } from "../../backup/fields.ts";
import { type Answer, type AppWorld, type RunningHost, startAppWorld } from "./app-world.ts";
import { viewLedger } from "./ledger-view.ts";
import { until } from "./until.ts";

const NEW_YEAR = "0 0 0 1 1 *";

const fieldsIn = (answer: Answer): Fields => fieldsOf(answer.body, "answer");
const errorIn = (answer: Answer): Fields => fieldsOf(fieldsIn(answer).error, "error");
const runsIn = (answer: Answer): readonly Fields[] => {
  const { runs } = fieldsIn(answer);
  return Array.isArray(runs) ? runs.map((run) => fieldsOf(run, "run")) : [];
};

describe("the app over HTTP", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["contoso", "fabrikam", "twofold", "repeated", "damaged", "poisoned"]);
    host = await app.startHost({ BACKUP_SCHEDULE: NEW_YEAR });
  }, 60_000);
  afterAll(() => app?.stop());

  const ended = (hsm: string, run: unknown): Promise<Fields> =>
    until(`${run} has ended`, 40, async () => {
      const record = fieldsIn(await host.get(`/api/backups/${hsm}/${run}`));
      return record.endedAt === null ? undefined : record;
    });

  test("a backup started by hand is followed to a verified end, and its record is found by the address in Location", async () => {
    const answer = await host.post('{"hsm":"contoso"}');
    expect(answer.status).toBe(202);
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    const { id } = fieldsIn(answer);
    expect(answer.headers.get("location")).toBe(`/api/backups/contoso/${id}`);

    const record = await ended("contoso", id);
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
    const overview = await until("the card is given back", 10, async () => {
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

  test("two starts at once: one is accepted, the other gets its address and leaves no trace", async () => {
    const answers = await Promise.all([host.post('{"hsm":"twofold"}'), host.post('{"hsm":"twofold"}')]);
    const accepted = answers.find(({ status }) => status === 202);
    const refused = answers.find(({ status }) => status === 409);
    if (accepted === undefined || refused === undefined) throw new Error(`got ${answers.map(({ status }) => status)}`);
    const { id } = fieldsIn(accepted);
    expect(errorIn(refused).code).toBe("backupRunning");
    expect(refused.headers.get("location")).toBe(`/api/backups/twofold/${id}`);
    await ended("twofold", id);
    const { records } = await viewLedger(app.ledger, "twofold");
    expect(records.map((record) => record.id)).toEqual([id]);
  }, 60_000);

  test("the same Idempotency-Key twenty times at once, and again after the end, is one run", async () => {
    const send = () => host.post('{"hsm":"repeated"}', { "idempotency-key": "tonight" });
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const ids = new Set(answers.map((answer) => fieldsIn(answer).id));
    expect(ids.size).toBe(1);
    const [id] = ids;
    await ended("repeated", id);
    expect(fieldsIn(await send())).toMatchObject({ id, state: "Succeeded" });
    const { records } = await viewLedger(app.ledger, "repeated");
    expect(records).toHaveLength(1);
  }, 60_000);

  test.each([
    ["no key", { "x-functions-key": "" }],
    ["a wrong key", { "x-functions-key": "wrong" }],
  ])("%s gets 401", async (_name, headers) => {
    expect((await host.post('{"hsm":"fabrikam"}', headers)).status).toBe(401);
    expect((await host.get("/api/backups", headers)).status).toBe(401);
    expect((await host.get("/api/health", headers)).status).toBe(401);
  });

  test("an HSM that is not configured gets 404", async () => {
    const answer = await host.post('{"hsm":"nobody"}');
    expect([answer.status, errorIn(answer).code]).toEqual([404, "hsmNotFound"]);
    expect((await host.get("/api/backups?hsm=nobody")).status).toBe(404);
  });

  test.each([
    ["malformed JSON", '{"hsm":', "body"],
    ["no body", "", "body"],
    ["a list", '["contoso"]', "body"],
    ["no hsm", "{}", "hsm"],
    ["a wrong type", '{"hsm":5}', "hsm"],
    ["an unknown field", '{"hsm":"fabrikam","force":true}', "force"],
    ["a body over 16 KB", JSON.stringify({ hsm: "x".repeat(17_000) }), "body"],
  ])("%s gets 400 that names the field", async (_name, body, field) => {
    const answer = await host.post(body);
    expect(answer.status).toBe(400);
    expect(errorIn(answer).code).toBe("badRequest");
    expect(errorIn(answer).message).toMatch(new RegExp(`^${field}: expected .*, got `));
  });

  test("an Idempotency-Key that can't be one gets 400 that names the header and not the key", async () => {
    const key = "k".repeat(300);
    const answer = await host.post('{"hsm":"fabrikam"}', { "idempotency-key": key });
    expect(answer.status).toBe(400);
    expect(errorIn(answer).message).toContain("Idempotency-Key");
    expect(answer.text).not.toContain(key);
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=many", "limit"],
    ["state=Done", "state"],
    ["cursor=abc", "cursor"],
    ["cursor=eyJoc20iOiJmYWJyaWthbSJ9.AAAAAAAAAAAA", "cursor"],
    ["sort=up", "sort"],
  ])("a list with %s gets 400 that names the parameter", async (query, parameter) => {
    const answer = await host.get(`/api/backups?hsm=contoso&${query}`);
    expect(answer.status).toBe(400);
    expect(errorIn(answer).message).toContain(parameter);
  });

  test.each([
    "20261123T020000Z-1-aaaaaaaa",
    "20261199T020000Z-1-aaaaaaaa",
    "..%2F..%2Fhsms%2Fcontoso",
    "%00",
    "nothing",
  ])("a run id that is not of this HSM gets 404: %s", async (id) => {
    expect((await host.get(`/api/backups/contoso/${id}`)).status).toBe(404);
  });

  test("a run is found only below its own HSM", async () => {
    const [run] = runsIn(await host.get("/api/backups?hsm=contoso"));
    expect((await host.get(`/api/backups/contoso/${run?.id}`)).status).toBe(200);
    expect((await host.get(`/api/backups/fabrikam/${run?.id}`)).status).toBe(404);
  });

  test("a record that can't be read is reported by its name, and the others are listed", async () => {
    const started = await host.post('{"hsm":"damaged"}');
    const { id } = fieldsIn(started);
    await ended("damaged", id);
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
    for (const query of [`hsm=contoso&cursor=${cursor}`, `hsm=damaged&state=Failed&cursor=${cursor}`]) {
      expect((await host.get(`/api/backups?${query}`)).status).toBe(400);
    }
  });

  test.each([
    ["is not ours", Buffer.from('{"hello":"world"}').toString("base64"), "it is not a message of this app"],
    ["is of a newer version", Buffer.from('{"v":2,"hsm":"contoso"}').toString("base64"), "it is of a newer version"],
    [
      "wakes a run that nobody knows",
      Buffer.from('{"v":1,"hsm":"contoso","run":"20200101T000000Z-1-zzzzzzzz","seq":3}').toString("base64"),
      "no run waits for it",
    ],
  ])(
    "a queue message that %s is logged, dropped, and changes nothing",
    async (_name, message, why) => {
      const before = await viewLedger(app.ledger, "contoso");
      await app.queues.getQueueClient(FOLLOW_QUEUE).sendMessage(message);
      await until("the message is dropped", 20, () =>
        host.events("message.dropped").find((event) => String(event.why).startsWith(why)),
      );
      expect(await viewLedger(app.ledger, "contoso")).toEqual(before);
    },
    30_000,
  );

  test("a queue message that isn't even base64 is set aside by the host, unseen", async () => {
    const before = await viewLedger(app.ledger, "contoso");
    await app.queues.getQueueClient(FOLLOW_QUEUE).sendMessage("%%%");
    await until("the host sets it aside", 20, () => host.lines.find((line) => line.includes("is not base64")));
    expect(await viewLedger(app.ledger, "contoso")).toEqual(before);
  }, 30_000);

  test("a wake-up that fails five times is told and dropped, and its run is woken again by reconcile", async () => {
    const hold = app.blobGate.hold(
      "after",
      ({ path, body }) => path.includes("/runs/poisoned/") && body.includes('"jobId":"'),
    );
    const started = host.post('{"hsm":"poisoned"}');
    await hold.caught;
    const unreadable = app.blobGate.drop(({ method, path }) => method === "GET" && path.includes("/runs/poisoned/"));
    hold.release();
    const { id } = fieldsIn(await started);
    const told = await until("it is told", 60, () => host.events("backup.poisoned")[0]);
    expect(told).toMatchObject({ hsm: "poisoned", run: id });
    unreadable.stop();
    expect(await ended("poisoned", id)).toMatchObject({ state: "Succeeded" });
    expect(host.events("backup.woken").find(({ hsm }) => hsm === "poisoned")).toMatchObject({ run: id });
  }, 120_000);

  test("a missing ledger is told by every answer, with its remedy, and nothing looks healthy", async () => {
    const lonely = await startAppWorld(["contoso"]);
    try {
      await lonely.ledger.delete();
      const deaf = await lonely.startHost({ BACKUP_SCHEDULE: NEW_YEAR });
      const health = await deaf.get("/api/health");
      expect(health.status).toBe(503);
      expect(health.text).toContain("backup-runs");
      for (const answer of [await deaf.post('{"hsm":"contoso"}'), await deaf.get("/api/backups?hsm=contoso")]) {
        expect(answer.status).toBe(503);
        expect(errorIn(answer).message).toContain("backup-runs");
      }
      const checked = await until("it is logged", 20, () => deaf.events("backup.checked")[0]);
      expect(checked.isOverdue).toBe(true);
    } finally {
      await lonely.stop();
    }
  }, 60_000);
});
