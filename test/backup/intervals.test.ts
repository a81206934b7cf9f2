import { describe, expect, it } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../backup/instant.ts";
import { INTERVALS, pause } from "../../backup/intervals.ts";

describe("the intervals", () => {
  it.each([
    ["a POST has 60 s", INTERVALS.startTimeLimit, 60 * SECOND],
    ["a start that nobody answered for is left alone for 3 min", INTERVALS.startGrace, 3 * MINUTE],
    ["a run is unfollowed 15 min past its next look", INTERVALS.unfollowedAfter, 15 * MINUTE],
    ["a wake-up lives 10 min", INTERVALS.wakeUpLifetime, 10 * MINUTE],
    ["reconcile ends a run 30 min past its deadline", INTERVALS.overdueGrace, 30 * MINUTE],
    ["a denial is tried again for 15 min", INTERVALS.denialGrace, 15 * MINUTE],
    ["an unknown job is looked at twice, a minute apart", INTERVALS.jobLostAfter, MINUTE],
    ["two looks are at least 10 s apart", INTERVALS.lookShortest, 10 * SECOND],
    ["pauses between looks grow to 60 s", INTERVALS.lookLongest, 60 * SECOND],
    ["reconcile starts what it can in a minute", INTERVALS.reconcileBudget, MINUTE],
  ])("%s", (_rule, ms, expected) => {
    expect(ms).toBe(expected);
  });

  it("reconcile comes every five minutes", () => {
    expect(INTERVALS.reconcileSchedule).toBe("0 */5 * * * *");
  });

  it("a POST has given up before anybody takes its start up again", () => {
    expect(INTERVALS.startTimeLimit).toBeLessThan(INTERVALS.startGrace);
  });

  it("work on several HSMs side by side is bounded", () => {
    expect(INTERVALS.sideBySide).toBeGreaterThan(1);
    expect(INTERVALS.sideBySide).toBeLessThanOrEqual(64);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 5],
    [4, 5],
    [40, 5],
  ])("back-off number %d is %d min", (n, minutes) => {
    expect(pause(INTERVALS.backOff, n)).toBe(minutes * MINUTE);
  });

  it.each([
    [1, 15 * MINUTE],
    [2, HOUR],
    [3, 2 * HOUR],
    [4, 4 * HOUR],
    [5, 4 * HOUR],
    [17, 4 * HOUR],
  ])("after try %d of a slot the pause is %d ms", (n, ms) => {
    expect(pause(INTERVALS.retrySlot, n)).toBe(ms);
  });
});
