import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FOLLOW_QUEUE } from "../../azure/storage/storage-clients.ts";
import { until } from "../until.ts";
import { errorIn, fieldsIn, NEW_YEAR, runsIn, untilEnded } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { viewLedger } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

// They all run side by side: none of them may change anything that another one sees.
describe.concurrent("bad input", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["contoso", "fabrikam", "poisoned"]);
    host = await app.startHost({ BACKUP_SCHEDULE: NEW_YEAR });
    // A run of contoso that is there to be found, or to be left as it is.
    const { id } = fieldsIn(await host.post('{"hsm":"contoso"}'));
    await untilEnded(host, "contoso", id);
    await until("the card is given back", async () => (await viewLedger(app.ledger, "contoso")).card?.active === null);
  }, 60_000);
  afterAll(() => app?.stop());

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
    const told = await until("it is told", () => host.events("backup.poisoned")[0], 60);
    expect(told).toMatchObject({ hsm: "poisoned", run: id });
    unreadable.stop();
    expect(await untilEnded(host, "poisoned", id)).toMatchObject({ state: "Succeeded" });
    expect(host.events("backup.woken").find(({ hsm }) => hsm === "poisoned")).toMatchObject({ run: id });
  }, 120_000);

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
      await until("the message is dropped", () =>
        host.events("message.dropped").find((event) => String(event.why).startsWith(why)),
      );
      expect(await viewLedger(app.ledger, "contoso")).toEqual(before);
    },
    30_000,
  );

  test("a queue message that isn't even base64 is set aside by the host, unseen", async () => {
    const before = await viewLedger(app.ledger, "contoso");
    await app.queues.getQueueClient(FOLLOW_QUEUE).sendMessage("%%%");
    await until("the host sets it aside", () => host.lines().find((line) => line.includes("is not base64")));
    expect(await viewLedger(app.ledger, "contoso")).toEqual(before);
  }, 30_000);
});
