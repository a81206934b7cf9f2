import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readState, stateName } from "../../backup/ledger/ledger.ts";
import { listRecords, readRecord, recordName, recordsOf } from "../../backup/ledger/records.ts";
import { ledgerPorts } from "../backup/ledger-ports.ts";
import {
  failedRun,
  inProgressRun,
  RUN_ID,
  recordOf,
  startingRun,
  stateOf,
  succeededRun,
  success,
  summary,
} from "../backup/samples.ts";
import { anyJson, anyText, isClean } from "./any-text.ts";
import { damagedBytes, FUTURE_DATES, mutatedJson, PAST_DATES } from "./mutated-json.ts";

const DATES = [...PAST_DATES, ...FUTURE_DATES, "0000-01-01T00:00:00Z"];
const LONGEST_PROBLEM = 400;
const RUNS = 600;
const history = {
  runs: [summary(), success("2026-11-22T02:00:00Z")],
  newestSuccess: success("2026-11-22T02:00:00Z"),
  successSeconds: [240],
};
const states = [null, startingRun(), inProgressRun(), succeededRun(), failedRun()].map((active) =>
  JSON.stringify(stateOf({ active, ...history })),
);
const records = [recordOf(), recordOf({ state: "Failed", error: failedRun().error, blobCount: null })].map((each) =>
  JSON.stringify(each),
);

/** A text of the product's own, and what became of it. */
const mutated = (samples: readonly string[]): fc.Arbitrary<string> =>
  fc
    .constantFrom(...samples)
    .chain((json) =>
      fc.oneof(
        { weight: 4, arbitrary: mutatedJson(json, DATES) },
        { weight: 1, arbitrary: damagedBytes(json).map((bytes) => new TextDecoder().decode(bytes)) },
        { weight: 1, arbitrary: anyJson.map((value) => JSON.stringify(value)) },
        { weight: 1, arbitrary: anyText },
      ),
    );

/** valibot drops names that would change an object's prototype. */
const PROTOTYPE_NAMES = ["__proto__", "prototype", "constructor"];
const fieldsOf = (json: string): unknown =>
  JSON.parse(json, (key, value: unknown) => (PROTOTYPE_NAMES.includes(key) ? undefined : value));

function expectModest(problem: string): void {
  expect(problem.length).toBeLessThan(LONGEST_PROBLEM);
  expect(isClean(problem), problem).toBe(true);
}

describe("whatever is stored in place of a state", () => {
  test("is read as a state that keeps every field, or has one short problem", async () => {
    const { ports, ledger } = ledgerPorts();
    let read = 0;
    await fc.assert(
      fc.asyncProperty(mutated(states), async (text) => {
        ledger.put(stateName("contoso"), text);
        const found = await readState(ports, "contoso");
        if (found.outcome === "gone") throw new Error("There is a blob.");
        if (found.outcome !== "state") return expectModest(found.problem);
        read++;
        expect(fieldsOf(JSON.stringify(found.state))).toEqual(fieldsOf(text));
        expect(found.state.hsm).toBe("contoso");
      }),
      { numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(RUNS / 20);
  });
});

describe("whatever is stored in place of a record", () => {
  test("is read as the record of its own run that keeps every field, or has one short problem", async () => {
    const { ports, ledger } = ledgerPorts();
    let read = 0;
    await fc.assert(
      fc.asyncProperty(mutated(records), async (text) => {
        ledger.put(recordName("contoso", RUN_ID), text);
        const found = await readRecord(ports, "contoso", RUN_ID);
        if (found.outcome === "absent") throw new Error("There is a blob.");
        if (found.outcome === "unreadable") return expectModest(found.problem);
        read++;
        expect(fieldsOf(JSON.stringify(found.record))).toEqual(fieldsOf(text));
        expect(found.record).toMatchObject({ hsm: "contoso", id: RUN_ID });
      }),
      { numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(RUNS / 20);
  });
});

describe("whatever a listing of records has", () => {
  test("is shown with what is known of it, or left out", async () => {
    const { ports } = ledgerPorts();
    const anyName = fc.oneof(
      anyText.map((text) => `${recordsOf("contoso")}${text}`),
      fc.constantFrom(
        recordName("contoso", RUN_ID),
        `${recordsOf("contoso")}0000000000000-99991231T235959Z-9999-zzzzzzzz.json`,
      ),
    );
    const anyMetadata = fc.dictionary(
      fc.constantFrom("state", "trigger", "slot", "startedat", "endedat", "blobcount", "bytes", "other"),
      fc.oneof(anyText, fc.constantFrom(...DATES, "1e9", "-1", "9".repeat(30))),
    );
    await fc.assert(
      fc.asyncProperty(anyName, anyMetadata, async (name, metadata) => {
        const listBlobs = async () => ({ blobs: [{ name, metadata }], marker: undefined });
        const { runs } = await listRecords({ ...ports, listBlobs }, "contoso", undefined, 10);
        for (const run of runs) {
          expect(run).toMatchObject({ hsm: "contoso", state: expect.any(String), trigger: expect.any(String) });
          for (const amount of [run.blobCount, run.bytes])
            expect(amount === null || Number.isSafeInteger(amount)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
