import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doubtAfter, planLook, tryAgain, waitFor } from "../../../backup/decide/next-look.ts";
import { after, DAY, HOUR, MINUTE, millis, SECOND } from "../../../backup/model/instant.ts";
import type { InProgressRun } from "../../../backup/model/run.ts";
import { DEADLINE, doubtOf, inProgressRun, STARTED, startingRun } from "../samples.ts";
import { at } from "./clock.ts";

const pauseOf = (nextAt: string, ms: number): number => millis(nextAt) - millis(STARTED) - ms;

/** The pauses of a job that never ends, `hours` long. */
function pausesOf(hours: number, jobSeconds: readonly number[] = [], changes: Partial<InProgressRun> = {}): number[] {
  const pauses: number[] = [];
  for (let ms = 0; ms < hours * HOUR; ms += pauses.at(-1) ?? 0)
    pauses.push(pauseOf(planLook(inProgressRun(changes), null, at(ms, jobSeconds)).nextAt, ms));
  return pauses;
}

describe("the next look at a job without history", () => {
  it("comes after a minute, or after a tenth of the time so far where that is longer", () => {
    expect(pausesOf(0.1).slice(0, 5)).toEqual([1, 1, 1, 1, 1].map((minutes) => minutes * MINUTE));
    expect(pauseOf(planLook(inProgressRun(), null, at(HOUR)).nextAt, HOUR)).toBe(6 * MINUTE);
  });

  it("comes early where a person waits for it: after 10 s, then after a quarter of the time so far", () => {
    const manual = { trigger: "manual", slot: null } as const;
    const pauses = pausesOf(0.1, [], manual);
    expect(pauses.slice(0, 4)).toEqual([10, 10, 10, 10].map((seconds) => seconds * SECOND));
    expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses);
    expect(pausesOf(1, [], manual).at(-1)).toBeGreaterThan(5 * MINUTE);
  });

  it("counts from the attempt that started the job, not from the start of the run", () => {
    const attempts = [{ at: after(STARTED, HOUR), outcome: null }];
    expect(pauseOf(planLook(inProgressRun({ attempts }), null, at(HOUR)).nextAt, HOUR)).toBe(MINUTE);
  });
});

describe("the next look at a job with history", () => {
  const halfHours = [1810, 1795, 1760, 1830, 1900, 1700, 1815, 1790, 1750, 1850];

  it("comes shortly before the end that the history makes likely", () => {
    const [first = 0, second = 0] = pausesOf(1, halfHours);
    expect(first).toBeGreaterThan(25 * MINUTE);
    expect(first).toBeLessThan(30 * MINUTE);
    expect(second).toBeLessThan(2 * MINUTE);
  });

  it("comes as for an unknown job where it is late", () => {
    expect(pauseOf(planLook(inProgressRun(), null, at(HOUR, halfHours)).nextAt, HOUR)).toBe(6 * MINUTE);
  });

  it("comes never before the HSM's Retry-After, and forgets what was doubted", () => {
    const run = inProgressRun({ doubt: doubtOf("noAnswer", STARTED, 2) });
    expect(planLook(run, 7 * MINUTE, at(0))).toMatchObject({ nextAt: "2026-11-23T02:07:04.000Z", doubt: null });
    expect(pauseOf(planLook(run, 1, at(0, [1, 1, 1])).nextAt, 0)).toBeGreaterThanOrEqual(10 * SECOND);
  });

  it("keeps within its bounds for any history at any time", () => {
    const history = fc.array(fc.oneof(fc.nat(30_000), fc.maxSafeNat()), { maxLength: 12 });
    const retryAfter = fc.option(fc.integer({ min: 0, max: 2 * HOUR }));
    fc.assert(
      fc.property(history, fc.nat(7 * HOUR), retryAfter, (jobSeconds, ms, wanted) => {
        const { nextAt, deadlineAt } = planLook(inProgressRun(), wanted, at(ms, jobSeconds));
        expect(millis(nextAt)).toBeLessThanOrEqual(millis(deadlineAt));
        expect(pauseOf(nextAt, ms)).toBeLessThanOrEqual(55 * MINUTE);
        const least = Math.min(Math.max(10 * SECOND, wanted ?? 0), 55 * MINUTE, 6 * HOUR - ms);
        expect(pauseOf(nextAt, ms)).toBeGreaterThanOrEqual(Math.min(least, pauseOf(DEADLINE, ms)));
      }),
    );
  });
});

describe("the next try", () => {
  it.each([
    [null, MINUTE],
    [1, 2 * MINUTE],
    [2, 5 * MINUTE],
    [3, 5 * MINUTE],
    [99, 5 * MINUTE],
  ])("after the same was seen %s times before comes %d ms later", (times, wait) => {
    const doubt = times === null ? null : doubtOf("busy", STARTED, times);
    const next = tryAgain(startingRun({ doubt }), "busy", null, at(HOUR));
    expect(pauseOf(next.nextAt, HOUR)).toBe(wait);
    expect(next.doubt).toMatchObject({ code: "busy", times: (times ?? 0) + 1 });
  });

  it("after something else was seen begins with the first pause again", () => {
    const doubt = doubtOf("busy", STARTED, 7);
    expect(doubtAfter(doubt, "noAnswer", at(HOUR))).toEqual({
      code: "noAnswer",
      since: "2026-11-23T03:00:04.000Z",
      times: 1,
    });
    expect(doubtAfter(doubt, "busy", at(HOUR))).toEqual({ code: "busy", since: STARTED, times: 8 });
  });

  it("honours a longer Retry-After", () => {
    expect(pauseOf(tryAgain(startingRun(), "noAnswer", 30 * MINUTE, at(0)).nextAt, 0)).toBe(30 * MINUTE);
  });
});

describe("no next step", () => {
  it("is an hour ahead, whatever Retry-After says: 86400 s become 55 minutes", () => {
    expect(pauseOf(planLook(inProgressRun(), DAY, at(0)).nextAt, 0)).toBe(55 * MINUTE);
    expect(pauseOf(tryAgain(startingRun(), "noAnswer", DAY, at(0)).nextAt, 0)).toBe(55 * MINUTE);
  });

  it("is later than the deadline", () => {
    expect(planLook(inProgressRun(), HOUR, at(6 * HOUR - SECOND)).nextAt).toBe(DEADLINE);
    expect(tryAgain(startingRun(), "noAnswer", HOUR, at(6 * HOUR - SECOND)).nextAt).toBe(DEADLINE);
  });

  it("leaves these bounds for any wait at any time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e13 }), fc.integer({ min: 0, max: 7 * HOUR }), (wait, ms) => {
        const { nextAt } = waitFor(inProgressRun(), wait, at(ms));
        expect(pauseOf(nextAt, ms)).toBeLessThanOrEqual(HOUR);
        expect(millis(nextAt)).toBeLessThanOrEqual(millis(DEADLINE));
      }),
    );
  });
});
