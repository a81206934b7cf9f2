import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../until.ts";
import { errorIn, startByHand, untilEnded } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { BY_HAND } from "./installation.ts";
import { viewLedger } from "./ledger-view.ts";
import { HOST_KEY, type RunningHost } from "./running-host.ts";

describe("bad input", () => {
  let app: AppWorld;
  let host: RunningHost;
  let run: string;
  beforeAll(async () => {
    app = await startAppWorld(["contoso", "fabrikam", "poisoned"]);
    host = await app.startHost(BY_HAND);
    run = await startByHand(host, "contoso");
    await until("the run is released", async () => (await viewLedger(app.ledger, "contoso")).records.length > 0);
    await until("the run is released", async () => (await viewLedger(app.ledger, "contoso")).state?.active === null);
  }, 60_000);
  afterAll(() => app?.stop());

  test.each([
    ["no key", { "x-functions-key": "" }],
    ["a wrong key", { "x-functions-key": "wrong" }],
  ])("%s gets 401 on every route", async (_name, headers) => {
    expect((await host.post('{"hsm":"fabrikam"}', headers)).status).toBe(401);
    const read = ["backups", `backups/contoso/${run}`, "health", "hsms", "hsms/contoso/coverage", "openapi.json"];
    for (const path of read.map((each) => `/api/${each}`))
      expect((await host.get(path, headers)).status, path).toBe(401);
  });

  test("the status page needs no key: it holds no data", async () => {
    const answer = await fetch(`${host.url}/api/status`);
    const page = await answer.text();
    expect([answer.status, page.slice(0, 15), page.includes("contoso")]).toEqual([200, "<!doctype html>", false]);
  });

  test("an HSM that is not configured gets 404", async () => {
    const answer = await host.post('{"hsm":"unknown"}');
    expect([answer.status, errorIn(answer).code]).toEqual([404, "hsmNotFound"]);
    for (const path of ["/api/backups?hsm=unknown", "/api/hsms/unknown/coverage"])
      expect((await host.get(path)).status, path).toBe(404);
  });

  test.each([
    ["malformed JSON", '{"hsm":', "body"],
    ["no body", "", "body"],
    ["a wrong type", '{"hsm":5}', "hsm"],
    ["an unknown field", '{"hsm":"fabrikam","force":true}', "force"],
    ["a body over 16 KB", JSON.stringify({ hsm: "x".repeat(17_000) }), "body"],
  ])("%s gets 400 that names the field", async (_name, body, field) => {
    const answer = await host.post(body);
    expect([answer.status, errorIn(answer).code]).toEqual([400, "badRequest"]);
    expect(errorIn(answer).message).toContain(field);
  });

  test("a body that is sent in chunks, which no Functions host passes on, gets 411", async () => {
    const body = new Blob(['{"hsm":"fabrikam"}']).stream();
    const headers = { "x-functions-key": HOST_KEY };
    const answer = await host.send("/api/backups", { method: "POST", body, headers, duplex: "half" });
    expect(answer.status).toBe(411);
    expect(answer.text).toContain("Content-Length");
  });

  test("an Idempotency-Key that can't be one gets 400 that names the header and not the key", async () => {
    const key = "k".repeat(300);
    const answer = await host.post('{"hsm":"fabrikam"}', { "idempotency-key": key });
    expect(answer.status).toBe(400);
    expect(errorIn(answer).message).toContain("Idempotency-Key");
    expect(answer.text).not.toContain(key);
  });

  test.each(["limit=0", "state=Done", "cursor=abc", "sort=up"])(
    "a list with %s gets 400 that names the parameter",
    async (query) => {
      const answer = await host.get(`/api/backups?hsm=contoso&${query}`);
      expect(answer.status).toBe(400);
      expect(errorIn(answer).message).toContain(query.split("=")[0]);
    },
  );

  test.each(["days=0", "days=ninety", "cursor=abc", "sort=up"])(
    "a coverage with %s gets 400 that names the parameter",
    async (query) => {
      const answer = await host.get(`/api/hsms/contoso/coverage?${query}`);
      expect(answer.status).toBe(400);
      expect(errorIn(answer).message).toContain(query.split("=")[0]);
    },
  );

  test.each(["contoso/20261123T020000Z-1-aaaaaaaa", "contoso/..%2F..%2Fhsms%2Fcontoso", "contoso/%00"])(
    "a run that doesn't exist gets 404: %s",
    async (path) => expect((await host.get(`/api/backups/${path}`)).status).toBe(404),
  );

  test("a run is found only below its own HSM", async () => {
    expect((await host.get(`/api/backups/contoso/${run}`)).status).toBe(200);
    expect((await host.get(`/api/backups/fabrikam/${run}`)).status).toBe(404);
  });

  test("messages of other programs, of no run and in no base64 are dropped, and change nothing", async () => {
    const before = await viewLedger(app.ledger, "contoso");
    const old = { schemaVersion: 1, hsm: "contoso", run: "20200101T000000Z-1-zzzzzzzz", seq: 3 };
    for (const body of [{ hello: "world" }, old])
      await app.queue.sendMessage(Buffer.from(JSON.stringify(body)).toString("base64"));
    await app.queue.sendMessage("%%%");
    const drops = await until("both messages are dropped", () => {
      const events = host.events("message.dropped");
      return events.length >= 2 && events;
    });
    await until("the host drops the third", () => host.lines().find((line) => line.includes("is not base64")));
    expect(drops.map(({ level }) => level).toSorted()).toEqual(["information", "warning"]);
    expect(await viewLedger(app.ledger, "contoso")).toEqual(before);
  });

  test("a message that fails five times is reported and dropped, and its run goes on", async () => {
    // The state can't be read while its message is delivered: after the write that comes with the job.
    const hold = app.blobGate.hold(
      "after",
      ({ path, body }) => path.endsWith("/hsms/poisoned.json") && body.includes('"state":"InProgress"'),
    );
    const id = await startByHand(host, "poisoned");
    await hold.caught;
    // The app's own message may expire before its fifth delivery on a slow machine.
    const message = { schemaVersion: 1, hsm: "poisoned", run: id, seq: 1_000 };
    const unreadable = app.blobGate.refuse(
      ({ method, path }) => method === "GET" && path.endsWith("/hsms/poisoned.json"),
      {
        status: 403,
        headers: { "x-ms-error-code": "AuthorizationFailure" },
      },
    );
    await app.queue.sendMessage(Buffer.from(JSON.stringify(message)).toString("base64"));
    hold.release();
    const poisoned = await until("it is reported", () => host.events("message.poisoned")[0]);
    unreadable.stop();
    expect(poisoned).toMatchObject({ hsm: "poisoned", run: id, problem: null });
    expect(await untilEnded(host, "poisoned", id)).toMatchObject({ state: "Succeeded" });
  });
});
