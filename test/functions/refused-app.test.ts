import { describe, expect, test } from "vitest";
import { HOUR } from "../../backup/model/instant.ts";
import { ROUTES, type RouteName } from "../../functions/http/routes.ts";
import { makeProductWorld } from "../steps/product-world.ts";
import { type AppHandlers, makeApp, makeRejectedApp } from "./app-handlers.ts";

const NAMES = Object.keys(ROUTES) as readonly RouteName[];
const BUT_DOCTOR = NAMES.filter((name) => name !== "doctor");
const answersOf = (app: AppHandlers, names = NAMES) =>
  Promise.all(names.map((route) => (route === "manualBackup" ? app.post('{"hsm":"contoso"}') : app.ask(route))));

describe("an app whose settings allow no backup at all", () => {
  const problems = [
    { setting: "BACKUP_HSM_URLS", problem: "expected one or more HSM URLs" },
    { setting: "BACKUP_STORAGE_URL", problem: "expected the blob service URL" },
  ];

  test("answers 503 with all problems on every route", async () => {
    const app = makeRejectedApp(problems);
    const message =
      "No backup can be made with these settings: BACKUP_HSM_URLS: expected one or more HSM URLs; BACKUP_STORAGE_URL: expected the blob service URL";
    for (const answer of await answersOf(app))
      expect(answer).toMatchObject({ status: 503, body: { error: { code: "settingsRejected", message } } });
  });

  test("logs each problem at every tick, and has no queue trigger", async () => {
    const app = makeRejectedApp(problems);
    await app.tick();
    await app.tick();
    expect(app.events()).toMatchObject(
      [...problems, ...problems].map((each) => ({ event: "settings.rejected", level: "error", ...each })),
    );
    expect(app.queueNames).toEqual([]);
    expect(app.routes).toHaveLength(NAMES.length + 1);
  });
});

test("a log event is one line for every reader of lines, and loses nothing", async () => {
  const problem = "got a\r\nb\u0085c\u2028d\u2029e";
  const app = makeRejectedApp([{ setting: "BACKUP_SCHEDULE", problem }]);
  await app.tick();
  expect(app.lines.join()).not.toMatch(/[\n\v\f\r\u0085\u2028\u2029]/);
  expect(app.events()).toMatchObject([{ problem }]);
});

describe("an app that finds another owner of its ledger", () => {
  async function foreign() {
    const world = makeProductWorld();
    await world.passTime(HOUR);
    const second = makeProductWorld({ beside: world, settings: { app: "second" } });
    return { world, app: makeApp(second.ports) };
  }

  test("answers 503 with the remedy on every route but the doctor's, and writes nothing", async () => {
    const { world, app } = await foreign();
    const before = JSON.stringify([...world.blobs.blobs]);
    for (const answer of await answersOf(app, BUT_DOCTOR)) {
      expect(answer).toMatchObject({
        status: 503,
        body: {
          error: { code: "ledgerForeign", message: expect.stringMatching(/belongs to the app local.*BACKUP_LEDGER/) },
        },
      });
    }
    expect(JSON.stringify([...world.blobs.blobs])).toBe(before);
    expect(app.events()).toMatchObject(
      BUT_DOCTOR.map(() => ({ event: "ledger.foreign", app: "second", owner: "local", remedy: expect.any(String) })),
    );
  });

  test("is told so by the doctor, beside whatever else is wrong", async () => {
    const { app } = await foreign();
    const { status, body } = await app.ask("doctor", { path: "/api/doctor" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      isOk: false,
      checks: expect.arrayContaining([
        expect.objectContaining({ name: "owner", isOk: false, remedy: expect.stringContaining("BACKUP_LEDGER") }),
        expect.objectContaining({ name: "settings", isOk: true }),
      ]),
    });
  });

  test("consumes a message of the owner's without a step, and says so", async () => {
    const { world, app } = await foreign();
    const before = JSON.stringify([...world.blobs.blobs]);
    await app.follow({ schemaVersion: 1, hsm: "contoso", run: "20261123T020000Z-1-00000001", seq: 1 });
    expect(app.events()).toMatchObject([{ event: "ledger.foreign" }]);
    expect(JSON.stringify([...world.blobs.blobs])).toBe(before);
  });
});
