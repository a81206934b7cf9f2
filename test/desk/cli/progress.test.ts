import { describe, expect, test } from "vitest";
import { barOf } from "../../../desk/cli/progress.ts";

const bar = { hsm: "contoso", state: "InProgress", seconds: 195, usualSeconds: 390 };

describe("the bar", () => {
  test("is as full as the usual duration is over", () => {
    expect(barOf(bar, 120)).toBe(
      "contoso  InProgress  [███████████████░░░░░░░░░░░░░░░]  50 %  3 min 15 s of the usual 6 min 30 s",
    );
  });

  test("is never full before the end, and says that it takes longer than usual", () => {
    expect(barOf({ ...bar, seconds: 600 }, 120)).toMatch(/ 99 % {2}10 min, longer than the usual 6 min 30 s$/);
  });

  test.each([20, 40, 60, 79, 200])("fits into %i columns", (columns) => {
    for (const seconds of [0, 195, 389, 391, 36_000])
      expect(barOf({ ...bar, hsm: "an-hsm-of-twenty-four-ch", seconds }, columns).length).toBeLessThanOrEqual(columns);
  });

  test.each([null, 0])("is left out where the usual duration is %j", (usualSeconds) => {
    expect(barOf({ ...bar, usualSeconds }, 79)).toMatch(/^contoso {2}InProgress {2}3 min 15 s/);
  });
});
