import { describe, expect, test } from "vitest";
import {
  judgeAtStart,
  parseStoredStatus,
  statusAfter,
  toStoredStatus,
} from "../../../local/functions-host/schedule-status.ts";
import { parseSchedule } from "../../../local/functions-host/timer-schedule.ts";

const at = (text: string): Date => new Date(text);

describe("NCRONTAB", () => {
  test.each([
    ["0 0 2 * * *", "2026-11-23T01:59:59Z", "2026-11-23T02:00:00.000Z"],
    ["0 0 2 * * *", "2026-11-23T02:00:00Z", "2026-11-24T02:00:00.000Z"],
    ["*/15 * * * * *", "2026-11-23T02:00:14.999Z", "2026-11-23T02:00:15.000Z"],
    ["0 */5 * * * *", "2026-11-23T23:59:00Z", "2026-11-24T00:00:00.000Z"],
    ["0 0 2 * * Mon-Fri", "2026-11-27T03:00:00Z", "2026-11-30T02:00:00.000Z"],
    ["0 30 9 29 Feb *", "2026-01-01T00:00:00Z", "2028-02-29T09:30:00.000Z"],
  ])("%s after %s is %s", (expression, after, next) => {
    expect(parseSchedule(expression).next(at(after)).toISOString()).toBe(next);
  });

  test("a day of the month and a day of the week have both to match", () => {
    expect(parseSchedule("0 0 0 13 * 5").next(at("2026-03-14T00:00:00Z")).toISOString()).toBe(
      "2026-11-13T00:00:00.000Z",
    );
  });

  test.each(["", "0 2 * * *", "@daily", "0 0 2 L * *", "0 0 2 * * 1#2", "0 0 25 * * *", "00:05:00", "0 0 2 * * ?"])(
    "%j is refused by name",
    (expression) => {
      expect(() => parseSchedule(expression)).toThrow(`The schedule "${expression}" is not an NCRONTAB expression`);
    },
  );

  test("a schedule with an interval under a minute is distinguished from one of a minute", () => {
    const isUnderAMinute = (expression: string) => parseSchedule(expression).isUnderAMinute(at("2026-11-23T00:00:00Z"));
    expect(isUnderAMinute("*/30 * * * * *")).toBe(true);
    expect(isUnderAMinute("0,30 0 * * * *")).toBe(true);
    expect(isUnderAMinute("0 * * * * *")).toBe(false);
  });
});

describe("the timer's monitor", () => {
  const hourly = parseSchedule("0 0 * * * *");
  const status = (last: string | undefined, next: string, lastUpdated: string) => ({
    last: last === undefined ? undefined : at(last),
    next: at(next),
    lastUpdated: at(lastUpdated),
  });

  test.each([
    [
      "fired on time and is not due",
      status("2026-11-23T01:00:00.010Z", "2026-11-23T02:00:00Z", "2026-11-23T01:00:00.010Z"),
      false,
      false,
    ],
    ["missed one", status("2026-11-23T00:00:00.010Z", "2026-11-23T01:00:00Z", "2026-11-23T00:00:00.010Z"), true, false],
    [
      "never fired and missed its first",
      status(undefined, "2026-11-23T01:00:00Z", "2026-11-23T00:30:00Z"),
      true,
      false,
    ],
    [
      "has another schedule since, whose occurrence is over",
      status("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", "2026-11-23T00:00:00Z"),
      false,
      true,
    ],
    [
      "has another schedule since, whose occurrence is to come",
      status("2026-11-23T01:10:00Z", "2026-11-24T00:00:00Z", "2026-11-23T01:10:00Z"),
      false,
      true,
    ],
  ])("a timer that %s", (_name, stored, isPastDue, hasChanged) => {
    const judged = judgeAtStart(stored, hourly, at("2026-11-23T01:30:00Z"));
    expect(judged).toMatchObject({ isPastDue, hasChanged });
    if (hasChanged) expect(judged.status.next).toEqual(at("2026-11-23T02:00:00Z"));
  });

  test("a firing that came a little early counts for its occurrence", () => {
    const early = statusAfter(at("2026-11-23T01:59:59.990Z"), at("2026-11-23T02:00:00Z"), hourly);
    expect(early).toEqual({
      last: at("2026-11-23T02:00:00Z"),
      next: at("2026-11-23T03:00:00Z"),
      lastUpdated: at("2026-11-23T02:00:00Z"),
    });
  });

  test("what is written can be read again; what can't be read is nothing", () => {
    const stored = status(undefined, "2026-11-23T02:00:00Z", "2026-11-23T01:10:00Z");
    expect(parseStoredStatus(JSON.stringify(toStoredStatus(stored)))).toEqual(stored);
    for (const damaged of ["", "null", "{}", '{"Next":"soon","LastUpdated":"x"}'])
      expect(parseStoredStatus(damaged)).toBeUndefined();
  });
});
