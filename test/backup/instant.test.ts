import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DAY,
  earlier,
  HOUR,
  instantOf,
  isInstant,
  later,
  MINUTE,
  millis,
  after as momentAfter,
  SECOND,
} from "../../backup/instant.ts";

const anyDate = fc.date({
  min: new Date("2000-01-01T00:00:00Z"),
  max: new Date("2199-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});

describe("an instant", () => {
  it("comes back from a date and milliseconds as it was", () => {
    fc.assert(
      fc.property(anyDate, (date) => {
        expect(millis(instantOf(date))).toBe(date.getTime());
        expect(isInstant(instantOf(date))).toBe(true);
      }),
    );
  });

  it.each([
    [SECOND, "2026-11-23T02:00:01.000Z"],
    [MINUTE, "2026-11-23T02:01:00.000Z"],
    [HOUR, "2026-11-23T03:00:00.000Z"],
    [DAY, "2026-11-24T02:00:00.000Z"],
    [-1, "2026-11-23T01:59:59.999Z"],
  ])("%d ms after two o'clock is %s", (ms, expected) => {
    expect(momentAfter("2026-11-23T02:00:00Z", ms)).toBe(expected);
    expect(momentAfter(new Date("2026-11-23T02:00:00Z"), ms)).toBe(expected);
  });

  it("is compared by time, not by how it is written", () => {
    const [whole, decimal] = ["2026-11-23T02:00:00Z", "2026-11-23T02:00:00.001Z"];
    expect(earlier(whole, decimal)).toBe(whole);
    expect(later(whole, decimal)).toBe(decimal);
    expect(earlier(decimal, whole)).toBe(whole);
    expect(later(decimal, whole)).toBe(decimal);
  });

  it.each(["2026-11-23T02:00:00Z", "2026-11-23T02:00:00.000Z", "2028-02-29T23:59:59.1234567Z"])("is %s", (text) => {
    expect(isInstant(text)).toBe(true);
  });

  it.each([
    "2026-11-23",
    "2026-11-23T02:00Z",
    "2026-11-23T02:00:00",
    "2026-11-23T02:00:00+01:00",
    "2026-13-01T00:00:00Z",
    "2026-11-23T25:00:00Z",
    "Mon, 23 Nov 2026 02:00:00 GMT",
    " 2026-11-23T02:00:00Z",
    "",
    1_795_000_000_000,
    null,
    undefined,
    new Date(),
  ])("is not %s", (value) => {
    expect(isInstant(value)).toBe(false);
  });
});
