import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SAS, TARGET, TOKEN } from "../../azure/secrets.ts";
import { answered, expectReport, GOOD, HSM, JOB_ID, PATIENCE } from "./answered-hsm.ts";
import { LABORIOUS } from "./hsm-texts.ts";
import { outcomeOf, workOf } from "./outcomes.ts";

/** Milliseconds of work. */
const MUCH = 2_000;

describe("an answer", () => {
  const words = fc.oneof(
    fc.constantFrom(
      "succeeded",
      "SUCCEEDED",
      " Succeeded ",
      "Cancelled",
      "failed",
      "",
      " ",
      "Done",
      "in progress",
      "\u0000",
    ),
    fc.mixedCase(fc.constantFrom("Succeeded", "Failed", "Canceled", "InProgress")),
    fc.string({ unit: "binary" }),
  );
  const odd = fc.oneof(
    words,
    fc.constantFrom<unknown>(SAS, TOKEN, null, -0, 1e308, true, [], {}, [[]], { __proto__: null }, "x".repeat(50_000)),
    fc.jsonValue({ maxDepth: 4 }),
  );
  const errors = fc.record({ code: odd, message: odd, innererror: odd }, { requiredKeys: [] });
  const bodies = fc.oneof(
    fc.tuple(fc.constantFrom(...Object.keys(GOOD), "__proto__", "constructor", "toString", "endTime"), odd).map(
      // Written out, because `__proto__` in an object literal would be no field.
      ([field, value]) =>
        `${JSON.stringify(GOOD).slice(0, -1)},${JSON.stringify(field)}:${JSON.stringify(value) ?? "null"}}`,
    ),
    fc.tuple(words, errors).map(([status, error]) => JSON.stringify({ ...GOOD, status, error })),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.tuple(fc.constantFrom("{", "[", '"', "\ufeff", "NaN", "/**/"), fc.json()).map(([odd, json]) => odd + json),
  );

  test("with one field wrong, or of any shape at all, is a report, a job or a failure", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(200, 202, 400, 403, 404, 409, 429, 500), bodies, async (status, body) => {
        const { startFullBackup, getBackupStatus } = answered(status, body);
        const started = await outcomeOf(startFullBackup(HSM, TARGET), PATIENCE);
        const looked = await outcomeOf(getBackupStatus(HSM, JOB_ID), PATIENCE);
        if ("value" in started) expect(started.value.jobId).toMatch(/^\S{1,200}$/);
        if ("value" in looked) expectReport(looked.value);
        seen.add("value" in looked ? looked.value.status : looked.failed.failure.reason);
        expect(status < 300 || ("failed" in started && "failed" in looked)).toBe(true);
      }),
      { numRuns: 700 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(["running", "Failed", "unreadable", "denied"]));
  });

  test("whose words take all letter cases ends a job by no other word than the four", async () => {
    await fc.assert(
      fc.asyncProperty(words, async (status) => {
        const outcome = await outcomeOf(answered(200, { ...GOOD, status }).getBackupStatus(HSM, JOB_ID), PATIENCE);
        const isEnd = "value" in outcome && outcome.value.status !== "running";
        expect(isEnd).toBe(/^(?:succeeded|failed|canceled)$/i.test(status.trim()));
      }),
    );
  });

  const nested = (depth: number, open: string, inner: string, close: string): string =>
    open.repeat(depth) + inner + close.repeat(depth);
  const DEEP: readonly (readonly [string, string])[] = [
    ["lists", nested(100_000, "[", "", "]")],
    ["objects", nested(100_000, '{"error":', "null", "}")],
    ["errors", `{"error":${nested(1_000, '{"code":"C","message":"M","innererror":', "null", "}")}}`],
    ["errors of nulls", `{"error":${nested(1_000, '{"code":null,"message":null,"innererror":', "{}", "}")}}`],
    [
      "errors that hold a SAS",
      `{"error":${nested(1_000, `{"code":"${TOKEN}","message":"${SAS}","innererror":`, "{}", "}")}}`,
    ],
    ["a status", JSON.stringify({ ...GOOD, status: 0 }).replace("0", nested(50_000, '{"status":', '""', "}"))],
  ];
  test.each(DEEP)("nested deeper than anything: %s", async (_what, body) => {
    for (const status of [200, 202, 400, 500]) {
      const { startFullBackup, getBackupStatus } = answered(status, body);
      for (const call of [startFullBackup(HSM, TARGET), getBackupStatus(HSM, JOB_ID)]) {
        const outcome = await outcomeOf<unknown>(call, PATIENCE);
        if ("failed" in outcome) expect(outcome.failed.failure.inner?.length ?? 0).toBeLessThanOrEqual(20);
      }
    }
  });

  test("of a job that failed is known as such, however deep its errors are nested", async () => {
    const error = nested(1_000, '{"code":"C","message":"M","innererror":', "null", "}");
    const { getBackupStatus } = answered(200, `{"status":"Failed","jobId":"${JOB_ID}","error":${error}}`);
    const report = await getBackupStatus(HSM, JOB_ID);
    expect(report).toMatchObject({ status: "Failed", error: { code: "C", message: "M" } });
  });

  test.each(LABORIOUS)("of %s is dealt with at once", async (_what, text) => {
    // As many nested errors as are read, and all together no more than an answer may have: where one takes a moment, all take long.
    const part = JSON.stringify(text.slice(0, 40_000));
    const error: unknown = JSON.parse(nested(20, `{"code":"C","message":${part},"innererror":`, "{}", "}"));
    for (const status of [200, 400]) {
      const { startFullBackup, getBackupStatus } = answered(status, { ...GOOD, jobId: null, status: text, error });
      const work = await workOf(async () => {
        await outcomeOf(startFullBackup(HSM, TARGET), PATIENCE);
        await outcomeOf(getBackupStatus(HSM, JOB_ID), PATIENCE);
      });
      expect(work).toBeLessThan(MUCH);
    }
  });
});
