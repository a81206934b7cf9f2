import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantOf } from "../../../backup/model/instant.ts";
import { makeRunId, parseRunId, reverseTime } from "../../../backup/model/names.ts";
import { RUN_ID, SLOT } from "../samples.ts";

const letters = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
const anyRandom = fc.string({ unit: fc.constantFrom(...letters), minLength: 8, maxLength: 8 });
const wholeSecond = fc.integer({ min: 0, max: 8_000_000_000 }).map((seconds) => new Date(seconds * 1000));
const anyAttempt = fc.integer({ min: 0, max: 999 });

/** The names of runs in the order in which a listing by name gives them. */
const listed = (...ids: readonly string[]): readonly string[] =>
  ids.toSorted((a, b) => (`${reverseTime(a)}-${a}` < `${reverseTime(b)}-${b}` ? -1 : 1));

describe("a run id", () => {
  it("begins with the run's instant and holds the number of the slot's try", () => {
    expect(makeRunId(SLOT, 1, "k3v9x2ab")).toBe(RUN_ID);
    expect(makeRunId(SLOT, 12, "k3v9x2ab")).toBe("20261123T020000Z-12-k3v9x2ab");
    expect(makeRunId("2026-11-23T02:07:31.999Z", 0, "k3v9x2ab")).toBe("20261123T020731Z-m-k3v9x2ab");
  });

  it("parses into the instant and the try that it was made from", () => {
    fc.assert(
      fc.property(wholeSecond, anyAttempt, anyRandom, (at, attempt, random) => {
        expect(parseRunId(makeRunId(instantOf(at), attempt, random))).toEqual({ at: instantOf(at), attempt });
      }),
    );
  });

  it("is listed before every run of an earlier second", () => {
    fc.assert(
      fc.property(wholeSecond, wholeSecond, anyRandom, anyRandom, (one, other, first, second) => {
        fc.pre(one.getTime() > other.getTime());
        const [newer, older] = [makeRunId(instantOf(one), 0, first), makeRunId(instantOf(other), 0, second)];
        expect(listed(older, newer)).toEqual([newer, older]);
      }),
    );
  });

  it("of a later try is listed before the tries ahead of it, and before no run of a later slot", () => {
    const [first, second, tenth] = [1, 2, 10].map((attempt) => makeRunId(SLOT, attempt, "zzzzzzzz"));
    const next = makeRunId("2026-11-24T02:00:00.000Z", 1, "aaaaaaaa");
    expect(listed(`${second}`, next, `${first}`, `${tenth}`)).toEqual([next, tenth, second, first]);
  });

  it("names its blob in digits of one width", () => {
    fc.assert(
      fc.property(wholeSecond, anyAttempt, anyRandom, (at, attempt, random) => {
        expect(reverseTime(makeRunId(instantOf(at), attempt, random))).toMatch(/^\d{13}$/);
      }),
    );
  });

  it.each([
    ["nothing", ""],
    ["another word", "latest"],
    ["a day that doesn't exist", "20260230T020000Z-1-k3v9x2ab"],
    ["an hour that doesn't exist", "20261123T240000Z-1-k3v9x2ab"],
    ["a try 0", "20261123T020000Z-0-k3v9x2ab"],
    ["a try with a zero before it", "20261123T020000Z-01-k3v9x2ab"],
    ["a negative try", "20261123T020000Z--1-k3v9x2ab"],
    ["random characters that are too few", "20261123T020000Z-1-k3v9x2a"],
    ["random characters that are too many", "20261123T020000Z-1-k3v9x2abc"],
    ["capitals", "20261123T020000Z-1-K3V9X2AB"],
    ["a path", "20261123T020000Z-1-k3v9x2ab/../x"],
    ["an ending", "20261123T020000Z-1-k3v9x2ab.json"],
    ["a new line at the end", "20261123T020000Z-1-k3v9x2ab\n"],
    ["a space before it", " 20261123T020000Z-1-k3v9x2ab"],
    ["other digits", "٢٠٢٦1123T020000Z-1-k3v9x2ab"],
    ["a traversal", "../../hsms/contoso"],
  ])("can't be %s", (_what, text) => {
    expect(parseRunId(text)).toBeUndefined();
    expect(reverseTime(text)).toBeUndefined();
  });

  it("is only ever a text that this app would have made itself", () => {
    const almost = fc.stringMatching(/^\d{8}T\d{6}Z-(m|\d{1,5})-[a-z0-9]{7,9}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), almost), (text) => {
        const parts = parseRunId(text);
        if (parts !== undefined) expect(makeRunId(parts.at, parts.attempt, text.slice(-8))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});
