import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../../../backup/model/instant.ts";
import { formatDuration, parseDuration } from "../../../backup/settings/duration.ts";

describe("a duration", () => {
  it.each([
    ["PT25H", 25 * HOUR],
    ["PT6H", 6 * HOUR],
    ["P1D", DAY],
    ["P1DT30M", DAY + 30 * MINUTE],
    ["PT1H30M15S", HOUR + 30 * MINUTE + 15 * SECOND],
    ["PT90S", 90 * SECOND],
    ["PT0S", 0],
    [" PT1H ", HOUR],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    "",
    "P",
    "PT",
    "P1DT",
    "25H",
    "PT25",
    "25",
    "pt1h",
    "P1M",
    "P1Y",
    "P1W",
    "PT-1H",
    "-PT1H",
    "PT1.5H",
    "PT1H 30M",
    "06:00:00",
    "PT1M1H",
    "PT99999999999H",
  ])("isn't %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each([
    [31 * HOUR, "PT31H"],
    [6 * DAY, "PT144H"],
    [HOUR + MINUTE + SECOND, "PT1H1M1S"],
    [10 * MINUTE, "PT10M"],
    [0, "PT0S"],
  ])("of %d ms is written %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("comes back as it was written, to the second", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 86_400 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * SECOND))).toBe(seconds * SECOND);
      }),
    );
  });
});
