import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCardText } from "../../backup/card.ts";
import { listedRun, recordsOf } from "../../backup/ledger.ts";
import { readRecordText, toRecord } from "../../backup/record.ts";
import { anyJson, anyText, isClean } from "./any-text.ts";
import { ledgerSamples, type Sample } from "./ledger-samples.ts";
import { damagedBytes, FUTURE_DATES, mutatedJson, PAST_DATES } from "./mutated-json.ts";

const DATES = [...PAST_DATES, ...FUTURE_DATES, "0000-01-01T00:00:00Z"];
const LONGEST_PROBLEM = 400;
const { cards, records } = await ledgerSamples();

/** A sample, and what became of its text. */
const mutatedText = (samples: readonly Sample[]): fc.Arbitrary<readonly [Sample, string]> =>
  fc
    .constantFrom(...samples)
    .chain((sample) =>
      fc.tuple(
        fc.constant(sample),
        fc.oneof(
          { weight: 4, arbitrary: mutatedJson(sample.json, DATES) },
          { weight: 1, arbitrary: damagedBytes(sample.json).map((bytes) => new TextDecoder().decode(bytes)) },
          { weight: 1, arbitrary: anyJson.map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: anyText },
        ),
      ),
    );

function expectModest(problem: string): void {
  expect(problem.length).toBeLessThan(LONGEST_PROBLEM);
  expect(isClean(problem), problem).toBe(true);
}

describe("whatever stands where a card should be", () => {
  test("is read as a card that keeps every field, or told to be unreadable in one modest sentence", () => {
    let read = 0;
    fc.assert(
      fc.property(mutatedText(cards), ([, text]) => {
        const card = readCardText(text, "contoso");
        if (card.outcome === "unreadable") return expectModest(card.problem);
        read++;
        const written = JSON.stringify(card.card);
        expect(written).toBe(JSON.stringify(JSON.parse(text)));
        expect(readCardText(written, "contoso")).toEqual(card);
      }),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test("is no card of another HSM", () => {
    for (const { json } of cards) {
      expect(readCardText(json, "contoso").outcome).toBe("card");
      expect(readCardText(json, "fabrikam").outcome).toBe("unreadable");
    }
  });
});

describe("whatever stands where a record should be", () => {
  test("is read as a run that is written as it was read, as a newer version, or told to be unreadable", () => {
    let read = 0;
    fc.assert(
      fc.property(mutatedText(records), ([{ id }, text]) => {
        const record = readRecordText(text, "contoso", id ?? "");
        if (record.outcome === "unreadable") return expectModest(record.problem);
        if (record.outcome === "newer") return void expect(record.version).toBeGreaterThan(1);
        read++;
        const written = JSON.stringify(toRecord(record.run));
        expect(readRecordText(written, "contoso", id ?? "")).toEqual(record);
        expect(record.run).toMatchObject({ hsm: "contoso", id });
      }),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test("is no record of another HSM or run", () => {
    for (const { id, json } of records) {
      expect(readRecordText(json, "contoso", id ?? "").outcome).toBe("run");
      expect(readRecordText(json, "fabrikam", id ?? "").outcome).toBe("unreadable");
      expect(readRecordText(json, "contoso", "20261123T020000Z-9-zzzzzzzz").outcome).toBe("unreadable");
    }
  });
});

describe("whatever a listing of records has", () => {
  test("is shown with what is known of it, or left out", () => {
    const anyName = fc.oneof(
      anyText.map((text) => `${recordsOf("contoso")}${text}`),
      fc.constantFrom(...records).map(({ id }) => `${recordsOf("contoso")}8204600799998-${id}.json`),
      fc.constantFrom("0000000000000-99991231T235959Z-9999-zzzzzzzz.json").map((name) => recordsOf("contoso") + name),
    );
    const anyMetadata = fc.dictionary(
      fc.constantFrom("state", "trigger", "slot", "startedat", "endedat", "blobcount", "bytes", "other"),
      fc.oneof(anyText, fc.constantFrom(...DATES, "1e9", "-1", "9".repeat(30))),
    );
    fc.assert(
      fc.property(anyName, anyMetadata, (name, metadata) => {
        const run = listedRun("contoso", { name, metadata });
        if (run === undefined) return;
        expect(run).toMatchObject({ hsm: "contoso", state: expect.any(String), trigger: expect.any(String) });
        for (const amount of [run.blobCount, run.bytes])
          expect(amount === null || Number.isSafeInteger(amount)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
