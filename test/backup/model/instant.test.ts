import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  after,
  DAY,
  earliest,
  HOUR,
  instantOf,
  isAhead,
  MINUTE,
  millis,
  SECOND,
} from "../../../backup/model/instant.ts";
import { SLOT } from "../samples.ts";

const anyDate = fc.date({
  min: new Date("2000-01-01T00:00:00Z"),
  max: new Date("2199-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});

describe("an instant", () => {
  it("survives conversion to a date and to milliseconds", () => {
    fc.assert(
      fc.property(anyDate, (date) => {
        expect(millis(instantOf(date))).toBe(date.getTime());
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
    expect(after("2026-11-23T02:00:00Z", ms)).toBe(expected);
    expect(after(new Date("2026-11-23T02:00:00Z"), ms)).toBe(expected);
  });

  it("is compared by time, not by how it is written", () => {
    const [whole, decimal] = ["2026-11-23T02:00:00Z", "2026-11-23T02:00:00.001Z"];
    expect(earliest(decimal, whole, decimal)).toBe(whole);
    expect(earliest(whole, decimal)).toBe(whole);
  });

  it("is ahead only where it is more than an hour ahead: the clocks of two hosts differ by less", () => {
    expect(isAhead(after(SLOT, HOUR), new Date(SLOT))).toBe(false);
    expect(isAhead(after(SLOT, HOUR + 1), new Date(SLOT))).toBe(true);
  });
});
