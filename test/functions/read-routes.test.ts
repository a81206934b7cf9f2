import { describe, expect, test } from "vitest";
import { stateName } from "../../backup/ledger/ledger.ts";
import { recordName } from "../../backup/ledger/records.ts";
import { DAY, HOUR, MINUTE } from "../../backup/model/instant.ts";
import { makeProductWorld } from "../steps/product-world.ts";
import { type AppHandlers, makeApp } from "./app-handlers.ts";

type Listed = {
  readonly runs: readonly { readonly id: string; readonly hsm: string; readonly state: string }[];
  readonly cursor: string | null;
};

/** Three days of backups of two HSMs. */
async function settled() {
  const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
  await world.passTime(2 * DAY + HOUR);
  return { world, app: makeApp(world.ports) };
}
const listed = async (app: AppHandlers, query = ""): Promise<Listed> => JSON.parse((await app.list(query)).text);

describe("GET /api/backups", () => {
  test("has the last runs of every HSM, the newest first", async () => {
    const { app } = await settled();
    const { runs, cursor } = await listed(app);
    expect(runs.map(({ hsm }) => hsm).toSorted()).toEqual([...Array(3).fill("contoso"), ...Array(3).fill("fabrikam")]);
    expect(cursor).toBeNull();
  });

  test("of one HSM comes page by page", async () => {
    const { app } = await settled();
    const ids: string[] = [];
    for (let query = "?hsm=contoso&limit=2"; query !== ""; ) {
      const { runs, cursor } = await listed(app, query);
      ids.push(...runs.map(({ id }) => id));
      query = cursor === null ? "" : `?hsm=contoso&limit=2&cursor=${cursor}`;
    }
    expect(ids.map((id) => id.slice(0, 8))).toEqual(["20261125", "20261124", "20261123"]);
  });

  test("of an HSM that was dropped from the settings goes on", async () => {
    const { world } = await settled();
    const { settings } = world.ports;
    const app = makeApp({
      ...world.ports,
      settings: { ...settings, hsms: settings.hsms.filter(({ name }) => name !== "contoso") },
    });
    expect((await listed(app, "?hsm=contoso")).runs).toHaveLength(3);
  });

  test.each([
    ["?limit=0", 400, "limit: expected a whole number from 1 to 200, got"],
    ["?limit=201", 400, "limit: expected a whole number from 1 to 200, got"],
    ["?limit=1e2", 400, "limit: expected"],
    ["?state=Done", 400, "state: expected one of Starting, InProgress"],
    ["?sort=asc", 400, "expected a parameter among hsm, state, limit, cursor"],
    ["?cursor=abc", 400, "cursor: expected no cursor without hsm"],
    ["?hsm=contoso&cursor=abc", 400, "cursor: expected an unchanged cursor"],
    ["?hsm=adatum", 404, "hsm: expected an HSM that is or was backed up"],
    ["?hsm=../contoso", 404, "hsm: expected an HSM"],
  ])("%s is answered %d: %s", async (query, status, message) => {
    const { app } = await settled();
    expect(await app.list(query)).toMatchObject({ status, text: expect.stringContaining(message) });
  });

  test("with the cursor of another list is refused", async () => {
    const { app } = await settled();
    const { cursor } = await listed(app, "?hsm=contoso&limit=1");
    for (const query of ["?hsm=fabrikam", "?hsm=contoso&state=Failed"])
      expect((await app.list(`${query}&cursor=${cursor}`)).status).toBe(400);
  });
});

describe("GET /api/backups/{hsm}/{run}", () => {
  test("is 404 for another HSM, an unknown run and an id that is none", async () => {
    const { world, app } = await settled();
    const [run] = await world.historyOf("contoso");
    expect(await app.get("contoso", run?.id ?? "")).toMatchObject({ status: 200, body: run });
    for (const [hsm, id] of [
      ["fabrikam", run?.id ?? ""],
      ["contoso", "20200101T020000Z-1-aaaaaaaa"],
      ["contoso", "../../app"],
    ] as const)
      expect(await app.get(hsm, id)).toMatchObject({ status: 404, body: { error: { code: "runNotFound" } } });
  });

  test("is 409 for a record that can't be read, and says why", async () => {
    const { world, app } = await settled();
    const [run] = await world.historyOf("contoso");
    world.blobs.put(recordName("contoso", run?.id ?? ""), "{}");
    expect(await app.get("contoso", run?.id ?? "")).toMatchObject({
      status: 409,
      text: expect.stringContaining("expected"),
    });
  });
});

describe("GET /api/health", () => {
  test("is 200 with the version while all is well, and 503 when an HSM is overdue", async () => {
    const { world, app } = await settled();
    const good = await app.ask("health", { path: "/api/health" });
    expect(good).toMatchObject({ status: 200, body: { status: "healthy", version: "1.2.3", problems: [] } });
    expect(good.headers.get("cache-control")).toBe("no-store");
    world.setTime("2026-11-27T09:00:01Z");
    expect(await app.ask("health", { path: "/api/health" })).toMatchObject({
      status: 503,
      body: { status: "unhealthy" },
    });
  });

  test("is 503 where a state can't be read, and where the ledger is missing", async () => {
    const { world, app } = await settled();
    world.blobs.put(stateName("contoso"), "{ damaged");
    expect(await app.ask("health")).toMatchObject({
      status: 503,
      body: { hsms: [{ hsm: "contoso", problem: expect.stringContaining("can't be read") }, {}] },
    });
    world.blobs.deleteContainer();
    expect(await app.ask("health")).toMatchObject({ status: 503, body: { error: { code: "ContainerNotFound" } } });
  });
});

describe("a bug behind a route", () => {
  test("is answered 500 without its words, and logged with its redacted stack", async () => {
    const { world } = await settled();
    const app = makeApp({
      ...world.ports,
      listBlobs: () => Promise.reject(new TypeError("x?sig=abcdef is not a function")),
    });
    const answer = await app.list();
    expect([answer.status, answer.text.includes("abcdef"), answer.text.includes("TypeError")]).toEqual([
      500,
      false,
      false,
    ]);
    expect(app.events().at(-1)).toMatchObject({
      event: "step.failed",
      step: "answer GET /api/backups",
      stack: expect.stringContaining("TypeError"),
    });
    expect(app.lines.join()).not.toContain("abcdef");
  });
});

describe("what the app registers", () => {
  test("is every route behind function keys but the status page, and the two queues of its ledger", () => {
    const { ports } = makeProductWorld({ settings: { ledger: "night" } });
    const { routes, queueNames } = makeApp(ports);
    expect(routes).toEqual([
      "POST backups function",
      "GET backups function",
      "GET backups/{hsm}/{run} function",
      "GET health function",
      "GET hsms function",
      "GET hsms/{hsm}/coverage function",
      "GET doctor function",
      "GET openapi.json function",
      "GET status anonymous",
    ]);
    expect(queueNames).toEqual(["followBackup: night-follow-ups", "poisonedMessage: night-follow-ups-poison"]);
  });

  test("logs a poisoned message, whatever it is, and never throws", async () => {
    const world = makeProductWorld();
    const app = makeApp(world.ports);
    await world.passTime(2 * MINUTE);
    const { active } = await world.stateOf("contoso");
    await app.poison({ schemaVersion: 1, hsm: "contoso", run: active?.id, seq: 1 });
    await app.poison("rubbish");
    expect(app.events()).toMatchObject([
      { event: "message.poisoned", hsm: "contoso", run: active?.id, seq: 1, problem: null },
      { event: "message.poisoned", problem: "message: expected an object, got a text of 7 characters" },
    ]);
  });
});
