import { describe, expect, it } from "vitest";
import { strictShape, text } from "../../../backup/model/fields.ts";
import { messageSchema } from "../../../backup/model/message.ts";
import { endedRecordSchema } from "../../../backup/model/run.ts";
import { stateSchema } from "../../../backup/model/state.ts";
import { InvalidInput, kindOf, parseInput, parseVersioned } from "../../../backup/model/validation.ts";
import {
  failedRun,
  inProgressRun,
  RUN_ID,
  recordOf,
  SAS,
  startingRun,
  stateOf,
  succeededRun,
  summary,
} from "../samples.ts";

type Fields = Readonly<Record<string, unknown>>;
const MESSAGE: Fields = { schemaVersion: 1, hsm: "contoso", run: RUN_ID, seq: 3 };

const parseState = (input: unknown) => parseVersioned(stateSchema, input, "state");
const parseRecord = (input: unknown) => parseVersioned(endedRecordSchema, input, "record");
const parseMessage = (input: unknown) => parseVersioned(messageSchema, input, "message");

const problem = (parsed: ReturnType<typeof parseState> | ReturnType<typeof parseRecord>): string =>
  parsed.outcome === "valid" ? "valid" : parsed.problem;

describe("what was found where something else was expected", () => {
  it.each([
    [undefined, "nothing"],
    [null, "null"],
    [[1, 2], "a list of 2"],
    ["abc", "a text of 3 characters"],
    [{}, "an object"],
    [7, "a number"],
    [true, "a boolean"],
  ])("%j is %s: its kind, and never its value", (value, kind) => {
    expect(kindOf(value)).toBe(kind);
  });
});

describe("a problem names the field, what was expected and the kind of what was found", () => {
  const run = inProgressRun();
  it.each<[string, unknown]>([
    ["state: expected an object, got nothing", undefined],
    ["state: expected an object, got a text of 2 characters", "[]"],
    ["schemaVersion: expected a whole number from 0, got nothing", stateOf({ schemaVersion: undefined as never })],
    ["hsm: expected the name of an HSM, got a text of 4 characters", { ...stateOf(), hsm: "A--b" }],
    ["firstSeenAt: expected an ISO 8601 time in UTC, got a number", { ...stateOf(), firstSeenAt: 7 }],
    ["runs: expected a list, got an object", { ...stateOf(), runs: {} }],
    [
      "runs.1.id: expected a run id, got a text of 3 characters",
      { ...stateOf(), runs: [summary(), summary({ id: "abc" })] },
    ],
    ["successSeconds.0: expected a whole number from 0, got a number", { ...stateOf(), successSeconds: [-1] }],
    ["active: expected an object, got a number", { ...stateOf(), active: 7 }],
    [
      "active.state: expected one of Starting, InProgress, Succeeded, Failed, Canceled, TimedOut, got a number",
      { ...stateOf(), active: { ...run, state: 7 } },
    ],
    ["active.jobId: expected a job id, got nothing", { ...stateOf(), active: { ...run, jobId: undefined } }],
    [
      "active.attempts.0.outcome.status: expected a whole number from 0, got a text of 3 characters",
      {
        ...stateOf(),
        active: { ...run, attempts: [{ at: run.startedAt, outcome: { code: "x", at: run.startedAt, status: "202" } }] },
      },
    ],
  ])("%s", (expected, input) => {
    expect(parseState(input)).toEqual({ outcome: "invalid", problem: expected });
  });

  it("also of a field of input from outside, and of one that is not known", () => {
    const schema = strictShape({ hsm: text });
    expect(() => parseInput(schema, { hsm: 7 }, "body")).toThrow(
      new InvalidInput("hsm: expected a text, got a number"),
    );
    expect(() => parseInput(schema, {}, "body")).toThrow(new InvalidInput("hsm: expected a text, got nothing"));
    expect(() => parseInput(schema, null, "body")).toThrow("body: expected an object, got null");
    expect(() => parseInput(schema, { hsm: "a", force: true }, "body")).toThrow("force: expected no field but hsm");
  });
});

/** Every way to put a value in the place of one field, at any depth. */
function withEach(value: unknown, planted: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    return [planted, ...value.flatMap((item, at) => withEach(item, planted).map((changed) => value.with(at, changed)))];
  }
  if (typeof value !== "object" || value === null) return [planted];
  const inside = Object.entries(value).flatMap(([key, child]) =>
    withEach(child, planted).map((changed) => ({ ...value, [key]: changed })),
  );
  return [planted, ...inside];
}

describe("no problem repeats a secret", () => {
  const states = [startingRun(), inProgressRun(), succeededRun(), failedRun()].map((active) =>
    stateOf({ active, runs: [summary()], newestSuccess: summary(), successSeconds: [1] }),
  );
  it.each<[string, readonly unknown[], (input: unknown) => { outcome: string; problem?: string }]>([
    ["a state", states, parseState],
    ["a record", [recordOf(), recordOf({ state: "Failed", error: failedRun().error })], parseRecord],
    ["a message", [MESSAGE], parseMessage],
  ])("that stands in any field of %s, or is the name of one", (_what, samples, parse) => {
    const planted = samples.flatMap((sample) => [...withEach(sample, SAS), ...withEach(sample, { [SAS]: 1 })]);
    const problems = planted.flatMap((input) => parse(input).problem ?? []);
    expect(problems.length).toBeGreaterThan(5);
    expect(problems.filter((each) => /sig=|secretSignature|2026-11-24T03/.test(each))).toEqual([]);
  });

  it("that is the name of an unknown field of a request", () => {
    const refuse = (): unknown => parseInput(strictShape({ hsm: text }), { hsm: "contoso", [SAS]: 1 }, "body");
    expect(refuse).toThrow(/^(?!.*secretSignature).*expected no field but hsm/);
  });
});

describe("a newer version", () => {
  it("is judged before the shape: whatever else stands there", () => {
    const newer = { outcome: "newer", problem: "schemaVersion: expected at most 1, got 2" };
    for (const parse of [parseState, parseRecord, parseMessage])
      expect(parse({ schemaVersion: 2, hsm: 7 })).toEqual(newer);
  });

  it.each<[string, unknown]>([
    ["a state of a run", stateOf({ active: { ...inProgressRun(), state: "Paused" as never } })],
    ["the state of an ended run", stateOf({ runs: [summary({ state: "Verified" as never })] })],
    ["a trigger", stateOf({ active: { ...inProgressRun(), trigger: "webhook" as never } })],
  ])("is also what wrote a word that this version doesn't know: %s", (_what, state) => {
    expect(parseState(state)).toMatchObject({
      outcome: "newer",
      problem: expect.stringMatching(/^(active|runs)\b.*: expected /),
    });
  });

  it.each(["In progress", "", "x".repeat(41), 7, null])("is not what wrote %j as a state: that is damage", (state) => {
    expect(parseRecord({ ...recordOf(), state }).outcome).toBe("invalid");
  });
});

describe("an unknown field", () => {
  it("is kept at any depth: a newer version of this app may have written it", () => {
    const state = {
      ...stateOf({
        active: { ...inProgressRun(), colour: "red" } as never,
        runs: [{ ...summary(), note: { by: "hand" } } as never],
      }),
      added: [1, { two: 2 }],
    };
    expect(parseState(state)).toEqual({ outcome: "valid", value: state });
    const record = { ...recordOf(), copy: { account: "x" } };
    expect(parseRecord(record)).toEqual({ outcome: "valid", value: record });
  });
});

describe("an instant", () => {
  const at = (firstSeenAt: unknown): string => problem(parseState({ ...stateOf(), firstSeenAt }));
  it.each(["2026-11-23T02:00:00Z", "2026-11-23T02:00:00.000Z", "2028-02-29T23:59:59.1234567Z", "2199-12-31T23:59:59Z"])(
    "is %s",
    (text) => {
      expect(at(text)).toBe("valid");
    },
  );

  it.each([
    "2026-11-23",
    "2026-11-23T02:00Z",
    "2026-11-23T02:00:00",
    "2026-11-23T02:00:00+01:00",
    "2026-13-01T00:00:00Z",
    "2026-11-23T25:00:00Z",
    "Mon, 23 Nov 2026 02:00:00 GMT",
    " 2026-11-23T02:00:00Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "+010000-01-01T00:00:00.000Z",
    "",
    1_795_000_000_000,
    null,
  ])("is not %j", (value) => {
    expect(at(value)).toMatch(/^firstSeenAt: expected an ISO 8601 time in UTC/);
  });
});
