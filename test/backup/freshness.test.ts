import { describe, expect, it } from "vitest";
import { freshnessOf, unknownFreshness } from "../../backup/freshness.ts";
import { DAY, HOUR, type Instant, after as momentAfter, SECOND } from "../../backup/instant.ts";
import { activeRun, cardOf, RUN_ID, SINCE, SLOT, summary } from "./samples.ts";

const MAX_AGE = 31 * HOUR;

const success = (startedAt: Instant) =>
  summary({ state: "Succeeded", startedAt, endedAt: momentAfter(startedAt, HOUR) });
const judge = (newestSuccess: Instant | null, since: Instant, now: Instant) => {
  const card = cardOf({ since, newestSuccess: newestSuccess === null ? null : success(newestSuccess) });
  return freshnessOf(card, MAX_AGE, new Date(now));
};

describe("an HSM", () => {
  it.each([
    ["a new success", SLOT, SINCE, HOUR, false],
    ["a success as old as the limit", SLOT, SINCE, MAX_AGE, false],
    ["a success older than the limit", SLOT, SINCE, MAX_AGE + 1, true],
    ["no success, but first seen within the limit", null, SLOT, MAX_AGE, false],
    ["no success, and first seen longer ago", null, SLOT, MAX_AGE + 1, true],
    ["an old success, but come back to the settings within the limit", SINCE, SLOT, MAX_AGE, false],
    ["an old success, and come back longer ago", SINCE, SLOT, MAX_AGE + 1, true],
  ])("with %s is judged by the newer of both", (_what, newestSuccess, since, ms, isOverdue) => {
    const freshness = judge(newestSuccess, since, momentAfter(SLOT, ms));
    expect(freshness).toMatchObject({ isOverdue, newestSuccess, limitSeconds: 31 * 3600 });
    expect(freshness.ageSeconds).toBe(Math.round(ms / SECOND));
  });

  it("tells its newest success, what runs, and its failures in a row", () => {
    const card = cardOf({
      newestSuccess: success(SLOT),
      active: activeRun({ id: "20261124T020000Z-1-bbbbbbbb" }),
      failuresInARow: 3,
    });
    expect(freshnessOf(card, MAX_AGE, new Date(momentAfter(SLOT, DAY)))).toEqual({
      newestSuccess: SLOT,
      newestSuccessRun: RUN_ID,
      ageSeconds: 86_400,
      limitSeconds: 111_600,
      isOverdue: false,
      running: "20261124T020000Z-1-bbbbbbbb",
      failuresInARow: 3,
    });
  });

  it("is as old as its backup's start, not as its end: the backup holds what was there then", () => {
    expect(judge(SLOT, SINCE, momentAfter(SLOT, 2 * HOUR)).ageSeconds).toBe(2 * 3600);
  });

  it("isn't overdue because its clock was set back", () => {
    expect(judge(SLOT, SINCE, momentAfter(SLOT, -HOUR)).isOverdue).toBe(false);
  });

  it("whose card can't be read never looks healthy", () => {
    expect(unknownFreshness(MAX_AGE)).toMatchObject({ isOverdue: true, newestSuccess: null, ageSeconds: null });
  });
});
