import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRecordText, toRecord } from "../../backup/record.ts";
import type { Run } from "../../backup/run.ts";
import { doubtOf, failedRun, RUN_ID, runningRun, SLOT, STARTED, startingRun, succeededRun } from "./samples.ts";

const read = (record: unknown) => readRecordText(JSON.stringify(record), "contoso", RUN_ID);

const OTHER_ID = "20261123T020000Z-m-00000000";
const openAttempt = { id: "e5f6a7b8", at: STARTED, outcome: null };
const unanswered = { id: "a1b2c3d4", at: STARTED, outcome: { code: "ETIMEDOUT", status: null, at: STARTED } };

const RUNS: readonly [string, Run][] = [
  ["starting", startingRun()],
  [
    "starting by hand, with a claim",
    startingRun({ slot: null, trigger: "manual", attempts: [unanswered, openAttempt] }),
  ],
  ["starting, in doubt", startingRun({ doubt: doubtOf("denied", STARTED, 3), messageId: null, traceparent: null })],
  ["in progress", runningRun()],
  ["in progress, in doubt", runningRun({ doubt: doubtOf("jobUnknown", STARTED, 1), folderUrl: "https://a/b/.c" })],
  ["succeeded", succeededRun()],
  ["failed with a job", failedRun()],
  ["failed without a job", failedRun({ jobId: null })],
  ["canceled", failedRun({ state: "Canceled" })],
  ["timed out", failedRun({ state: "TimedOut", folderUrl: "https://a/b/c" })],
];

/** The record's fields as design.md lists them. */
const FIELDS =
  "schemaVersion id hsm slot trigger state seq messageId nextAt deadlineAt doubt container folderUrl jobId attempts startedAt endedAt followUps blobCount bytes error traceparent";

describe("a record", () => {
  it.each(RUNS)("of a run that is %s comes back as it was", (_state, run) => {
    expect(read(toRecord(run))).toEqual({ outcome: "run", run });
  });

  it.each(RUNS)("of a run that is %s has every field of the contract", (_state, run) => {
    expect(Object.keys(toRecord(run))).toEqual(expect.arrayContaining(FIELDS.split(" ")));
    expect(Object.values(toRecord(run))).not.toContain(undefined);
  });

  it("has null where its state has no such field", () => {
    const starting = { jobId: null, folderUrl: null, endedAt: null, blobCount: null, bytes: null, error: null };
    expect(toRecord(startingRun())).toMatchObject(starting);
    expect(toRecord(succeededRun())).toMatchObject({ nextAt: null, doubt: null, error: null, blobCount: 12 });
    expect(toRecord(failedRun())).toMatchObject({ nextAt: null, doubt: null, blobCount: null, bytes: null });
  });

  it("is kept where it has fields that nobody knows", () => {
    expect(read({ ...toRecord(runningRun()), colour: "red" })).toEqual({ outcome: "run", run: runningRun() });
  });
});

/** For each field, values that it may not have in the state named. */
const WRONG: readonly [field: string, run: Run, values: readonly unknown[]][] = [
  ["schemaVersion", startingRun(), ["1", null, -1, 1.5]],
  ["id", startingRun(), [7, null, "latest", "../../hsms/contoso", OTHER_ID]],
  ["hsm", startingRun(), [null, 7, "fabrikam", ""]],
  ["slot", startingRun(), ["yesterday", 0, SLOT.slice(0, 10)]],
  ["trigger", startingRun(), ["timer", null, "Manual"]],
  ["state", startingRun(), ["Done", null, "starting", "toString"]],
  ["seq", startingRun(), [-1, 0.5, "3", null, 2 ** 60]],
  ["messageId", startingRun(), [7, {}]],
  ["nextAt", startingRun(), [null, "soon"]],
  ["nextAt", runningRun(), [null, 17]],
  ["deadlineAt", startingRun(), [null, "2026-11-23T08:00:04+01:00"]],
  ["storageUrl", startingRun(), [null, 7, "not a URL"]],
  ["container", startingRun(), [null, 7]],
  ["traceparent", startingRun(), [7]],
  ["startedAt", startingRun(), [null, "now"]],
  ["followUps", startingRun(), [null, -1]],
  ["attempts", startingRun(), [null, {}, [7]]],
  ["doubt", runningRun(), ["jobUnknown", [1]]],
  ["jobId", runningRun(), [null, 7]],
  ["folderUrl", runningRun(), [7]],
  ["folderUrl", succeededRun(), [null, 7]],
  ["jobId", succeededRun(), [null]],
  ["blobCount", succeededRun(), [null, -1, "12"]],
  ["bytes", succeededRun(), [null, 0.1]],
  ["endedAt", succeededRun(), [null, ""]],
  ["endedAt", failedRun(), [null]],
  ["error", failedRun(), [null, "failed", []]],
  ["jobId", failedRun(), [7]],
];

/** Fields of the objects inside a record, by what is put in the place of the object. */
const WRONG_INSIDE: readonly [field: string, record: object][] = [
  ["id", { attempts: [{ ...openAttempt, id: null }] }],
  ["at", { attempts: [openAttempt, { ...openAttempt, at: "then" }] }],
  ["outcome", { attempts: [{ ...openAttempt, outcome: 202 }] }],
  ["status", { attempts: [{ ...openAttempt, outcome: { code: "x", status: "202", at: STARTED } }] }],
  ["code", { doubt: { since: STARTED, looks: 1 } }],
  ["since", { doubt: { code: "x", since: 0, looks: 1 } }],
  ["looks", { doubt: { code: "x", since: STARTED, looks: -1 } }],
];

describe("a record that can't be read", () => {
  it.each(WRONG)("names %s", (field, run, values) => {
    const all: Record<string, unknown> = toRecord(run);
    const { [field]: _left, ...without } = all;
    for (const record of [without, ...values.map((value) => ({ ...without, [field]: value }))]) {
      const outcome = read(record);
      expect(outcome).toMatchObject({ outcome: "unreadable", problem: expect.stringContaining(field) });
    }
  });

  it.each(WRONG_INSIDE)("names %s inside %j", (field, changes) => {
    const outcome = read({ ...toRecord(startingRun()), ...changes });
    expect(outcome).toMatchObject({ outcome: "unreadable", problem: expect.stringContaining(field) });
  });

  it.each(["code", "message", "inner", "remedy"])("names %s of its error", (field) => {
    const record = toRecord(failedRun());
    const outcome = read({ ...record, error: { ...record.error, [field]: 7 } });
    expect(outcome).toMatchObject({ outcome: "unreadable", problem: expect.stringContaining(field) });
  });

  it.each([
    ["of another run", JSON.stringify(toRecord(startingRun({ id: OTHER_ID }))), "id"],
    ["of another HSM", JSON.stringify(toRecord(startingRun({ hsm: "fabrikam" }))), "hsm"],
    ["cut off", JSON.stringify(toRecord(startingRun())).slice(0, 100), "JSON"],
    ["empty", "", "JSON"],
    ["a list", "[]", "record"],
    ["null", "null", "record"],
    ["a text", '"record"', "record"],
  ])("may be %s", (_what, json, named) => {
    const outcome = readRecordText(json, "contoso", RUN_ID);
    expect(outcome).toMatchObject({ outcome: "unreadable", problem: expect.stringContaining(named) });
  });
});

describe("a record of a newer version", () => {
  it("is told apart from one that can't be read, whatever else it says", () => {
    expect(read({ schemaVersion: 2 })).toEqual({ outcome: "newer", version: 2 });
    expect(read({ ...toRecord(startingRun()), schemaVersion: 9, state: "Paused" })).toEqual({
      outcome: "newer",
      version: 9,
    });
  });
});

describe("reading a record", () => {
  it("gives an outcome for any text, and never throws", () => {
    const outcomes = ["run", "newer", "unreadable"];
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(outcomes).toContain(readRecordText(text, "contoso", RUN_ID).outcome);
      }),
      { numRuns: 500 },
    );
  });

  it("gives an outcome for any value in any field, and never throws", () => {
    const anyRun = fc.constantFrom(...RUNS.map(([, run]) => toRecord(run)));
    const anyField = fc.constantFrom(...Object.keys(toRecord(startingRun())));
    fc.assert(
      fc.property(anyRun, anyField, fc.jsonValue(), (record, field, value) => {
        const outcome = read({ ...record, [field]: value });
        if (outcome.outcome === "run") expect(read(toRecord(outcome.run))).toEqual(outcome);
        else expect(["newer", "unreadable"]).toContain(outcome.outcome);
      }),
      { numRuns: 500 },
    );
  });
});
