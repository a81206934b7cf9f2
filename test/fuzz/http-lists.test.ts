import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { RUN_STATES } from "../../backup/model/run.ts";
import { writeCursor } from "../../functions/http/cursor.ts";
import type { Answer, AppHandlers } from "../functions/app-handlers.ts";
import { anyJson, anyText, isClean } from "./any-text.ts";
import { expectProperError, expectStillWorking } from "./proper-answer.ts";
import { ledgerOf, settledWorld } from "./settled-world.ts";

// No list changes anything, so one world is enough for all of them.
let settled: Awaited<ReturnType<typeof settledWorld>>;
let app: AppHandlers;
let before: string;
let runs: readonly string[];
beforeAll(async () => {
  settled = await settledWorld();
  app = settled.app;
  // Three runs of contoso, so that a list has pages.
  for (let more = 0; more < 2; more++) {
    await app.post('{"hsm":"contoso"}');
    await settled.world.passTime(10 * 60_000);
  }
  before = ledgerOf(settled.world);
  runs = (await settled.world.historyOf("contoso")).map(({ id }) => id);
  expect(runs).toHaveLength(3);
});

const USUAL_LIMIT = 50;
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

async function expectProper(answer: Answer): Promise<void> {
  expect([200, 400, 404, 409]).toContain(answer.status);
  if (answer.status !== 200) expectProperError(answer);
  expect(isClean(app.lines.join("\n"))).toBe(true);
  expect(ledgerOf(settled.world)).toBe(before);
}

const anyLimit = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "1",
    "200",
    "201",
    "-1",
    "1e2",
    "NaN",
    "Infinity",
    "9".repeat(400),
    "0x10",
    "1.5",
    " 5",
    "٣",
  ),
  fc.integer().map(String),
);
const anyHsm = fc.oneof(fc.constantFrom("contoso", "fabrikam", "constructor", "contoso,fabrikam"), anyText);
const anyParameter = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(fc.constant("hsm"), anyHsm) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("limit"), anyLimit) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("state"), fc.oneof(fc.constantFrom(...RUN_STATES), anyText)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("cursor"), anyText) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("code", "clientId", "sort", "Hsm", "hsm[]", "__proto__"), anyText) },
);
const pathOf = (parameters: readonly (readonly [string, string])[]): string =>
  `/api/backups?${parameters.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join("&")}`;

describe("a list that is asked for in any way", () => {
  test("with any parameters is given or refused by name, and nothing is changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyParameter, { maxLength: 5 }), async (parameters) => {
        await expectProper(await app.ask("listBackups", { path: pathOf(parameters) }));
      }),
      { numRuns: 300 },
    );
  });

  test("with a limit gives no more runs than that, or names the limit", async () => {
    await fc.assert(
      fc.asyncProperty(anyLimit, fc.boolean(), async (limit, isOfOne) => {
        const parameters = [["limit", limit] as const, ...(isOfOne ? [["hsm", "contoso"] as const] : [])];
        const answer = await app.ask("listBackups", { path: pathOf(parameters) });
        await expectProper(answer);
        const isFine = limit === "" || (/^\d+$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 200);
        expect(answer.status).toBe(isFine ? 200 : 400);
        expect(answer.text).toMatch(isFine ? /"runs":\[/ : /limit: expected /);
        if (isFine) expect(answer.text.split('"id":').length - 1).toBeLessThanOrEqual(Number(limit) || USUAL_LIMIT);
      }),
      { numRuns: 150 },
    );
  });
});

const checkOf = (body: string): string => createHash("sha256").update(body).digest("base64url").slice(0, 12);
const forged = (text: string): string => {
  const body = Buffer.from(text).toString("base64url");
  return `${body}.${checkOf(body)}`;
};

async function realCursor(): Promise<string> {
  const { text } = await app.ask("listBackups", { path: "/api/backups?hsm=contoso&limit=1" });
  const cursor = /"cursor":"([^"]+)"/.exec(text)?.[1];
  if (cursor === undefined) throw new Error("expected a cursor");
  return cursor;
}

describe("a cursor", () => {
  const withCursor = (cursor: string, hsm = "contoso", more: readonly (readonly [string, string])[] = []) =>
    app.ask("listBackups", { path: pathOf([["hsm", hsm], ["cursor", cursor], ...more]) });

  test("that was changed in any way is refused as such; unchanged it is taken", async () => {
    const cursor = await realCursor();
    const anyChange = fc.oneof(
      fc.tuple(fc.nat(cursor.length), fc.nat(cursor.length)).map(([a, b]) => cursor.slice(a, b)),
      fc.tuple(fc.nat(cursor.length - 1), fc.constantFrom(..."aZ0-_.=+/ ")).map(([at, letter]) => {
        return cursor.slice(0, at) + letter + cursor.slice(at + 1);
      }),
      anyText.map((text) => cursor + text),
      fc.constantFrom(`${cursor}.`, `.${cursor}`, cursor.toUpperCase(), `${cursor},${cursor}`, cursor.replace(".", "")),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
    );
    await fc.assert(
      fc.asyncProperty(anyChange, async (changed) => {
        const answer = await withCursor(changed.toWellFormed());
        await expectProper(answer);
        // No cursor at all is the first page.
        expect(answer.status).toBe(changed === cursor || changed === "" ? 200 : 400);
        if (answer.status === 400) expect(answer.text).toContain("cursor");
      }),
      { numRuns: 300 },
    );
    expect((await withCursor(cursor)).status).toBe(200);
  });

  test("of another list is refused", async () => {
    const cursor = await realCursor();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...RUN_STATES), async (state) => {
        expect((await withCursor(cursor, "contoso", [["state", state]])).status).toBe(400);
        expect((await withCursor(cursor, "fabrikam")).status).toBe(400);
        await expectProper(await withCursor(cursor, "fabrikam", [["state", state]]));
      }),
    );
  });

  test("that was forged with the right checksum is refused where the ledger doesn't take it", async () => {
    const anyForged = fc.oneof(
      anyText.map((marker) => writeCursor({ hsm: "contoso", state: null, marker })),
      fc.tuple(anyJson, anyJson, anyJson).map((parts) => {
        return forged(JSON.stringify({ hsm: parts[0], state: parts[1], marker: parts[2] }));
      }),
      anyJson.map((value) => forged(JSON.stringify(value))),
      anyText.map(forged),
    );
    await fc.assert(
      fc.asyncProperty(anyForged, async (cursor) => {
        const answer = await withCursor(cursor);
        await expectProper(answer);
        expect(answer.status).toBe(400);
      }),
      { numRuns: 300 },
    );
  });
});

describe("one run that is asked for in any way", () => {
  test("is found only by its own HSM and id", async () => {
    const anyRun = fc.oneof(
      fc.constantFrom(...runs),
      fc.constantFrom("20261123T020000Z-1-aaaaaaaa", "99991231T235959Z-9999-zzzzzzzz", "00000101T000000Z-m-00000000"),
      fc.tuple(fc.constantFrom(...runs), anyText).map(([id, text]) => id + text),
      anyText,
    );
    await fc.assert(
      fc.asyncProperty(anyHsm, anyRun, async (hsm, run) => {
        const path = `/api/backups/${encoded(hsm)}/${encoded(run)}`;
        const answer = await app.ask("getBackup", { path, params: { hsm, run } });
        await expectProper(answer);
        const isThere = hsm.toLowerCase() === "contoso" && runs.includes(run);
        expect(answer.status).toBe(isThere ? 200 : 404);
        if (isThere) expect(answer.body).toMatchObject({ hsm: "contoso", id: run, state: "Succeeded" });
      }),
      { numRuns: 250 },
    );
    await expectProper(await app.ask("getBackup", { path: "/api/backups/a/b" }));
    await expectStillWorking(app);
  });
});
