import { describe, expect, it } from "vitest";
import {
  countWords,
  dayWords,
  durationWords,
  momentWords,
  plainText,
  rangeWords,
  sizeWords,
  timeWords,
} from "../../desk/words.ts";

const NOW = new Date("2026-11-30T09:41:20.000Z");

describe("words", () => {
  it.each([
    [-5, "0 s"],
    [38.9, "38 s"],
    [125, "2 min 5 s"],
    [180, "3 min"],
    [11 * 60 + 40, "11 min"],
    [3_600, "1 h"],
    [7 * 3_600 + 38 * 60, "7 h 38 min"],
    [86_400, "1 day"],
    [2 * 86_400 + 7 * 3_600 + 59, "2 days 7 h"],
    [12 * 86_400 + 7 * 3_600, "12 days"],
  ])("for %d seconds: %s", (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });

  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1_000, "1.0 kB"],
    [999_950, "1.0 MB"],
    [48_200_000, "48.2 MB"],
    [5_000_000_000_000_000, "5000.0 TB"],
  ])("for %d bytes: %s", (bytes, words) => {
    expect(sizeWords(bytes)).toBe(words);
  });

  it.each([
    ["2026-11-30T06:15:00.000Z", "06:15 UTC"],
    ["2026-11-29T23:59:59.999Z", "23:59 UTC yesterday"],
    ["2026-12-01T09:00:00Z", "09:00 UTC tomorrow"],
    ["2026-11-27T08:00:00.000Z", "08:00 UTC on 27 Nov"],
    ["2025-11-30T08:00:00.000Z", "08:00 UTC on 30 Nov 2025"],
  ])("for %s: %s", (instant, words) => {
    expect(momentWords(instant, NOW)).toBe(words);
  });

  it.each([
    ["11 min", "11 min", "11 min"],
    ["10 min", "12 min", "10 to 12 min"],
    ["900.0 kB", "1.1 MB", "900.0 kB to 1.1 MB"],
    ["58 min", "1 h 2 min", "58 min to 1 h 2 min"],
    ["1 h 2 min", "1 h 8 min", "1 h 2 min to 1 h 8 min"],
  ])("from %s to %s: %s", (from, to, words) => {
    expect(rangeWords(from, to)).toBe(words);
  });

  it("name a day, and a time of day", () => {
    expect(dayWords("2026-11-30T23:00:00.000Z", NOW)).toBe("today");
    expect(timeWords("2026-11-30T09:41:20.999Z", true)).toBe("09:41:20");
  });

  it("count one thing or many", () => {
    expect([1, 0, 1_234, 1_234_567].map((count) => countWords(count, "run"))).toEqual([
      "1 run",
      "0 runs",
      "1,234 runs",
      "1,234,567 runs",
    ]);
    expect(countWords(2, "try", "tries")).toBe("2 tries");
  });
});

describe("text from outside", () => {
  it("loses line breaks, escape sequences, marks of direction and letters without width", () => {
    expect(plainText("a\u001b[31mb\r\nc\u202Ed\u2066e\u200Bf\u2028g\u0000")).toBe("a [31mb c d e f g");
  });

  it("is cut to its length, between characters", () => {
    expect(plainText("🔑🔑🔑🔑", 3)).toBe("🔑🔑…");
    expect(plainText("\ud83d".repeat(3), 2)).toBe("\ufffd…");
    expect([...plainText("x".repeat(10_000))]).toHaveLength(300);
    expect(plainText("three", 5)).toBe("three");
  });

  it("that hides behind many steering characters ends with the sign that more was there", () => {
    expect(plainText(`${"\u200B".repeat(9_000)}hidden`)).toBe("…");
  });
});
