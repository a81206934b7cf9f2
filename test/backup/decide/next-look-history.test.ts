import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pauseByHistory } from "../../../backup/decide/next-look.ts";
import { HOUR, MINUTE, SECOND } from "../../../backup/model/instant.ts";
import { INTERVALS } from "../../../backup/model/intervals.ts";

const ALIKE = [30, 31, 29, 30, 32, 28, 30, 31, 29, 30].map((minutes) => minutes * MINUTE);
const DOUBLE = 60 * MINUTE;

/** When the looks come until the job is late, in milliseconds since its start. */
function looksAt(durations: readonly number[], intervals = INTERVALS): readonly number[] {
  const looks: number[] = [];
  for (;;) {
    const elapsed = looks.at(-1) ?? 0;
    const pause = pauseByHistory(elapsed, durations, intervals);
    if (pause === undefined) return looks;
    looks.push(elapsed + Math.max(pause, intervals.lookShortest));
  }
}
const within = (looks: readonly number[], from: number, to: number) =>
  looks.filter((at) => at >= from && at < to).length;

describe("looks that are planned by the history", () => {
  it("need a history", () => {
    expect(pauseByHistory(0, [], INTERVALS)).toBeUndefined();
  });

  it("come where the job is likely to end, and nowhere else", () => {
    const looks = looksAt(ALIKE);
    expect(within(looks, 0, 26 * MINUTE)).toBe(0);
    expect(within(looks, 26 * MINUTE, 34 * MINUTE)).toBeGreaterThan(2);
    expect(looks.length).toBeLessThan(20);
  });

  it("are closer where the durations are alike than where they vary", () => {
    const first = (durations: readonly number[]): number => looksAt(durations)[0] ?? 0;
    const varied = ALIKE.map((duration, n) => duration * (n % 2 === 0 ? 0.7 : 1.3));
    expect(first(varied)).toBeLessThan(first(ALIKE) - 5 * MINUTE);
  });

  it("are fewer the dearer a look is", () => {
    const counts = [1, 5, 20, 60].map((price) => looksAt(ALIKE, { ...INTERVALS, lookPrice: price * SECOND }).length);
    expect(counts.toSorted((a, b) => b - a)).toEqual(counts);
    expect(counts.at(-1)).toBeLessThan(counts[0] ?? 0);
  });

  it("come at least every 55 minutes of a long job", () => {
    const looks = looksAt(ALIKE.map((duration) => 8 * duration));
    const pauses = looks.map((at, n) => at - (looks[n - 1] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(INTERVALS.longestPause);
  });

  it("expect one exception to stay one: they come at both lengths", () => {
    const looks = looksAt([DOUBLE, ...ALIKE.slice(1)]);
    expect(within(looks, 26 * MINUTE, 34 * MINUTE)).toBeGreaterThan(2);
    expect(within(looks, 50 * MINUTE, 70 * MINUTE)).toBeGreaterThan(2);
  });

  it.each([
    ["longer", 60],
    ["shorter", 15],
  ])("expect the new length only, once the newest two are both much %s", (_which, minutes) => {
    const looks = looksAt([minutes * MINUTE, minutes * MINUTE, ...ALIKE.slice(2)]);
    expect(within(looks, 26 * MINUTE, 34 * MINUTE)).toBe(0);
    const around = within(looks, minutes * 0.85 * MINUTE, minutes * 1.25 * MINUTE);
    expect(around).toBeGreaterThan(2);
    // Beside those, only the one that comes after 55 minutes.
    expect(looks.length - around).toBeLessThanOrEqual(minutes > 55 ? 1 : 0);
  });

  it("end: a job that is later than its history is no longer planned by it", () => {
    expect(pauseByHistory(HOUR, ALIKE, INTERVALS)).toBeUndefined();
  });

  it("are ahead for any history at any time", () => {
    const durations = fc.array(fc.oneof(fc.nat(12 * HOUR), fc.maxSafeNat()), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(durations, fc.nat(24 * HOUR), (known, elapsed) => {
        const pause = pauseByHistory(elapsed, known, INTERVALS) ?? 1;
        expect(pause).toBeGreaterThan(0);
        expect(pause).toBeLessThan(Number.POSITIVE_INFINITY);
      }),
    );
  });
});
