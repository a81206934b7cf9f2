import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stateName } from "../../backup/ledger/ledger.ts";
import { recordName } from "../../backup/ledger/records.ts";
import { SLOT_STATES } from "../../backup/model/views/coverage-view.ts";
import { fieldsOf, list } from "../../scripts/json.ts";
import { anyText, isClean } from "./any-text.ts";
import { FUTURE_DATES, mutatedJson, PAST_DATES } from "./mutated-json.ts";
import { expectProperError } from "./proper-answer.ts";
import { ledgerOf, settledWorld } from "./settled-world.ts";

const DATES = [...PAST_DATES, ...FUTURE_DATES];
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
const anyDays = fc.oneof(
  fc.integer({ min: -1, max: 400 }).map(String),
  fc.constantFrom("", "1e2", "0x10", " 5", "1.5", "٣"),
);
const anyCursor = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom("", "2026-11-23", "2026-11-23T02:00:00Z", "2026-13-01T00:00:00Z", "2199-12-31T23:59:59.999Z"),
  anyText,
);
const coverageOf = (hsm: string, query = "") => ({
  path: `/api/hsms/${encoded(hsm)}/coverage${query}`,
  params: { hsm },
});

describe("a coverage that is asked for in any way", () => {
  test("is given or refused by name, and nothing is changed", async () => {
    const { world, app } = await settledWorld();
    const before = ledgerOf(world);
    const anyHsm = fc.oneof(fc.constantFrom("contoso", "Fabrikam", "constructor", "../contoso"), anyText);
    await fc.assert(
      fc.asyncProperty(anyHsm, anyDays, anyCursor, async (hsm, days, cursor) => {
        const query = `?days=${encoded(days)}&cursor=${encoded(cursor)}`;
        const answer = await app.ask("coverage", coverageOf(hsm, query));
        expect([200, 400, 404]).toContain(answer.status);
        if (answer.status !== 200) expectProperError(answer);
        const isWhole = days === "" || (/^\d+$/.test(days) && Number(days) >= 1 && Number(days) <= 366);
        if (!isWhole) expect(answer.text).toMatch(/days: expected /);
        expect(isClean(app.lines.join("\n"))).toBe(true);
        expect(ledgerOf(world)).toBe(before);
      }),
      { numRuns: 150 },
    );
  });
});

describe("the HSMs and their coverage", () => {
  // Every answer is checked against the description of the API.
  test("are shown whatever the ledger holds, with no slot better than its records", async () => {
    const { world, app } = await settledWorld();
    const state = world.blobs.textOf(stateName("contoso")) ?? "";
    const [run] = await world.historyOf("contoso");
    const name = recordName("contoso", run?.id ?? "");
    const record = world.blobs.textOf(name) ?? "";
    const words = ["Succeeded", "Failed", "InProgress", "Done", "", "2026-11-23T02:30:00.000Z", "9".repeat(30), "-1"];
    const keys = ["state", "trigger", "slot", "startedat", "endedat", "blobcount", "bytes"];
    const anyMetadata = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...words));
    await fc.assert(
      fc.asyncProperty(
        mutatedJson(state, DATES),
        mutatedJson(record, DATES),
        anyMetadata,
        async (badState, badRecord, metadata) => {
          world.blobs.put(stateName("contoso"), badState);
          world.blobs.put(name, badRecord, metadata);
          const hsms = await app.ask("hsms");
          expect(hsms.status).toBe(200);
          expect(list(fieldsOf(hsms.body, "hsms"), "hsms")).toHaveLength(2);
          const coverage = await app.ask("coverage", coverageOf("contoso", "?days=3"));
          expect(coverage.status).toBe(200);
          const slots = list(fieldsOf(coverage.body, "coverage"), "slots");
          expect(slots.every((slot) => SLOT_STATES.some((each) => each === slot.state))).toBe(true);
          expect(isClean(hsms.text + coverage.text)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});
