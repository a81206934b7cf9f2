import { describe, expect, it } from "vitest";
import { pause } from "../../../backup/decide/next-look.ts";
import { HOUR, MINUTE, SECOND } from "../../../backup/model/instant.ts";
import { INTERVALS } from "../../../backup/model/intervals.ts";

describe("the intervals", () => {
  it.each([
    ["the POST gives up after 60 s", INTERVALS.startTimeLimit, 60 * SECOND],
    ["any other call gives up after 30 s", INTERVALS.callTimeLimit, 30 * SECOND],
    ["a run is unattended 5 min after its next step was due", INTERVALS.unattendedAfter, 5 * MINUTE],
    ["no step is planned more than an hour ahead", INTERVALS.longestPause, 55 * MINUTE],
    ["a denial is tried again for 15 min", INTERVALS.denialGrace, 15 * MINUTE],
    ["an unknown job is looked at twice, a minute apart", INTERVALS.certaintyPause, MINUTE],
    ["two looks are at least 10 s apart", INTERVALS.lookShortest, 10 * SECOND],
    ["an unknown job is first looked at after 60 s", INTERVALS.lookUnknown, 60 * SECOND],
    ["a look is worth 5 s of delay", INTERVALS.lookPrice, 5 * SECOND],
    ["a slot is overdue an hour after its deadline", INTERVALS.overdueGrace, HOUR],
  ])("%s", (_rule, ms, expected) => {
    expect(ms).toBe(expected);
  });

  it("a tick comes every five minutes, and ends before the next one", () => {
    expect(INTERVALS.reconcileSchedule).toBe("0 */5 * * * *");
    const longest = INTERVALS.reconcileBudget + INTERVALS.callTimeLimit * 2 + INTERVALS.startTimeLimit;
    expect(longest).toBeLessThan(5 * MINUTE);
  });

  it("no step of calls within their limits lasts until its run is unattended", () => {
    // A read and two writes of the state, the container, and the POST.
    expect(4 * INTERVALS.callTimeLimit + INTERVALS.startTimeLimit).toBeLessThan(INTERVALS.unattendedAfter);
  });

  it("work on several HSMs side by side is bounded", () => {
    expect(INTERVALS.sideBySide).toBeGreaterThan(1);
    expect(INTERVALS.sideBySide).toBeLessThanOrEqual(64);
  });

  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 5],
    [4, 5],
    [40, 5],
  ])("pause %d of the back-off is %d min", (n, minutes) => {
    expect(pause(INTERVALS.backOff, n)).toBe(minutes * MINUTE);
  });

  it.each([
    [1, 15 * MINUTE],
    [2, HOUR],
    [3, 2 * HOUR],
    [4, 4 * HOUR],
    [17, 4 * HOUR],
  ])("after try %d of a slot the pause is %d ms", (n, ms) => {
    expect(pause(INTERVALS.retrySlot, n)).toBe(ms);
  });
});
