import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doubtAfter, planLook, tryAgain, waitFor } from "../../../backup/decide/next-look.ts";
import { DAY, HOUR, MINUTE, millis, SECOND } from "../../../backup/model/instant.ts";
import { DEADLINE, doubtOf, inProgressRun, STARTED, startingRun } from "../samples.ts";
import { at } from "./clock.ts";

const pauseOf = (nextAt: string, ms: number): number => millis(nextAt) - millis(STARTED) - ms;

describe("the next look at a running job", () => {
  it("comes after pauses that grow from 10 s to 60 s", () => {
    const pauses = Array.from({ length: 12 }, (_, looks) =>
      pauseOf(planLook(inProgressRun({ looks }), null, at(0)).nextAt, 0),
    );
    expect(pauses[0]).toBe(10 * SECOND);
    expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses);
    expect(pauses.at(-1)).toBe(MINUTE);
  });

  it("comes never before the HSM's Retry-After, and forgets what was doubted", () => {
    const run = inProgressRun({ doubt: doubtOf("noAnswer", STARTED, 2) });
    expect(planLook(run, 7 * MINUTE, at(0))).toMatchObject({ nextAt: "2026-11-23T02:07:04.000Z", doubt: null });
    expect(pauseOf(planLook(run, 1, at(0)).nextAt, 0)).toBeGreaterThanOrEqual(10 * SECOND);
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
