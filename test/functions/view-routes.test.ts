import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../backup/model/instant.ts";
import { makeProductWorld } from "../steps/product-world.ts";
import { type AppHandlers, makeApp } from "./app-handlers.ts";

/** Three days of backups of two HSMs. */
async function settled() {
  const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
  await world.passTime(2 * DAY + HOUR);
  return { world, app: makeApp(world.ports) };
}
const coverage = (app: AppHandlers, query = "", hsm = "Contoso") =>
  app.ask("coverage", { path: `/api/hsms/${hsm}/coverage${query}`, params: { hsm } });

describe("GET /api/hsms", () => {
  test("has every HSM with its newest success, and what is wrong with the app", async () => {
    const { app } = await settled();
    const { status, body } = await app.ask("hsms", { path: "/api/hsms" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      isHealthy: true,
      problems: [],
      hsms: [
        { hsm: "contoso", isOverdue: false, nextStartAt: "2026-11-26T02:00:00.000Z" },
        { hsm: "fabrikam", newestFailure: null },
      ],
    });
  });

  test("is 200 also where an HSM is overdue: only health is for probes", async () => {
    const { world, app } = await settled();
    world.setTime("2026-11-27T09:00:01Z");
    const answer = await app.ask("hsms", { path: "/api/hsms" });
    expect(answer).toMatchObject({ status: 200, body: { isHealthy: false, hsms: [{ isOverdue: true }, {}] } });
  });
});

describe("GET /api/hsms/{hsm}/coverage", () => {
  test("has what became of each slot, the name in any case", async () => {
    const { app } = await settled();
    expect(await coverage(app, "?days=4")).toMatchObject({
      status: 200,
      body: {
        hsm: "contoso",
        days: 4,
        cursor: null,
        slots: [{ state: "covered" }, { state: "covered" }, { state: "covered" }, { state: "notDue" }],
      },
    });
    expect((await coverage(app)).body).toMatchObject({ days: 90 });
  });

  test.each([
    ["?days=0", "days: expected a whole number from 1 to 366, got"],
    ["?days=367", "days: expected a whole number from 1 to 366, got"],
    ["?days=1.5", "days: expected a whole number from 1 to 366, got"],
    ["?cursor=yesterday", "cursor: expected an ISO 8601 time in UTC, got a text of 9 characters"],
    ["?sort=up", "expected a parameter among days, cursor"],
  ])("with %s is answered 400: %s", async (query, message) => {
    const { app } = await settled();
    expect(await coverage(app, query)).toMatchObject({ status: 400, text: expect.stringContaining(message) });
  });

  test("of an HSM that is neither configured nor was backed up is answered 404", async () => {
    const { app } = await settled();
    for (const hsm of ["adatum", "..", ""])
      expect(await coverage(app, "", hsm)).toMatchObject({ status: 404, body: { error: { code: "hsmNotFound" } } });
  });
});

describe("an answer with an ETag", () => {
  const READ = [
    ["hsms", { path: "/api/hsms" }],
    ["coverage", { path: "/api/hsms/contoso/coverage", params: { hsm: "contoso" } }],
    ["listBackups", { path: "/api/backups" }],
  ] as const;

  test.each(READ)("of %s is 304 without a body as long as nothing has changed but the time", async (name, asked) => {
    const { world, app } = await settled();
    const first = await app.ask(name, asked);
    const tag = first.headers.get("etag") ?? "";
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
    await world.passTime(MINUTE);
    for (const known of [tag, tag.slice(2), `"other", ${tag}`, "*"]) {
      const again = await app.ask(name, { ...asked, headers: { "if-none-match": known } });
      expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", tag]);
      expect(again.headers.get("cache-control")).toBe("no-store");
    }
    expect((await app.ask(name, { ...asked, headers: { "if-none-match": '"other"' } })).status).toBe(200);

    await app.post('{"hsm":"contoso"}');
    const changed = await app.ask(name, { ...asked, headers: { "if-none-match": tag } });
    expect([changed.status, changed.headers.get("etag") === tag]).toEqual([200, false]);
  });

  test("of one run changes when the run moves on", async () => {
    const { world, app } = await settled();
    const run = (await app.post('{"hsm":"contoso"}')).location?.split("/").at(-1) ?? "";
    const params = { hsm: "contoso", run };
    const tag = (await app.ask("getBackup", { params })).headers.get("etag") ?? "";
    const known = { params, headers: { "if-none-match": tag } };
    expect((await app.ask("getBackup", known)).status).toBe(304);
    await world.passTime(MINUTE);
    expect(await app.ask("getBackup", known)).toMatchObject({ status: 200, body: { state: "InProgress" } });
  });
});

test("no answer may be stored, whether it is good or an error", async () => {
  const { world, app } = await settled();
  const answers = [
    await app.post('{"hsm":"contoso"}'),
    await app.post('{"hsm":"contoso"}'),
    await app.post("{"),
    await app.list(),
    await app.list("?limit=0"),
    await app.get("contoso", "none"),
    await app.ask("health"),
    await coverage(app),
  ];
  world.blobs.deleteContainer();
  answers.push(await app.ask("hsms"));
  expect(answers.map(({ status }) => status)).toEqual([202, 409, 400, 200, 400, 404, 200, 200, 503]);
  for (const { headers } of answers) expect(headers.get("cache-control")).toBe("no-store");
});
