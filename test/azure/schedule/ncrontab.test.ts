import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../../azure/schedule/ncrontab.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { Schedule } from "../../../backup/model/settings.ts";
import { DEFAULTS } from "../../../backup/settings/read-settings.ts";

function scheduleOf(text: string): Schedule {
  const read = parseSchedule(text);
  if ("problem" in read) throw new Error(read.problem);
  return read.schedule;
}

function problemOf(text: string): string {
  const read = parseSchedule(text);
  return "problem" in read ? read.problem : "no problem";
}

/** The first slots after an instant, as the log would show them. */
function slotsAfter(text: string, from: string, count: number): readonly string[] {
  const { nextSlot } = scheduleOf(text);
  const slots: string[] = [];
  let at = new Date(from);
  while (slots.length < count) {
    const next = nextSlot(at);
    if (next === undefined) break;
    slots.push(next.toISOString().replace(":00.000Z", ""));
    at = next;
  }
  return slots;
}

describe("slots", () => {
  const monday = "2026-11-23T00:00:00Z";
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["0 0 2 * * *", ["2026-11-23T02:00", "2026-11-24T02:00"]],
    ["  0  30   2,14 * * * ", ["2026-11-23T02:30", "2026-11-23T14:30"]],
    ["0 0 */6 * * *", ["2026-11-23T06:00", "2026-11-23T12:00"]],
    ["0 5/20 3 * * *", ["2026-11-23T03:05", "2026-11-23T03:25", "2026-11-23T03:45", "2026-11-24T03:05"]],
    ["0 0 8-12/2 * * *", ["2026-11-23T08:00", "2026-11-23T10:00", "2026-11-23T12:00", "2026-11-24T08:00"]],
    ["0 0 2 * * MON-FRI", ["2026-11-23T02:00", "2026-11-24T02:00"]],
    ["0 0 2 * * sun,3", ["2026-11-25T02:00", "2026-11-29T02:00"]],
    ["0 0 2 * * 0", ["2026-11-29T02:00", "2026-12-06T02:00"]],
    ["0 0 2 1 jan-Mar *", ["2027-01-01T02:00", "2027-02-01T02:00", "2027-03-01T02:00", "2028-01-01T02:00"]],
    ["0 0 2 31 * *", ["2026-12-31T02:00", "2027-01-31T02:00", "2027-03-31T02:00"]],
    ["0 0 2 29 2 *", ["2028-02-29T02:00", "2032-02-29T02:00"]],
    ["0 0 2 29 2 MON", ["2044-02-29T02:00", "2072-02-29T02:00", "2112-02-29T02:00"]],
    // Both day fields: a day has to match both.
    ["0 0 2 1 * SUN", ["2027-08-01T02:00", "2028-10-01T02:00"]],
    ["0 0 2 1-7 * SUN", ["2026-12-06T02:00", "2027-01-03T02:00"]],
    ["0 0 2 */10 * MON-FRI", ["2026-12-01T02:00", "2026-12-11T02:00", "2026-12-21T02:00"]],
  ];
  test.each(rows)("of %j", (text, expected) => {
    expect(slotsAfter(text, monday, expected.length)).toEqual(expected);
  });

  test("the newest slot includes the instant itself, the next one doesn't", () => {
    const { newestSlot, nextSlot } = scheduleOf(DEFAULTS.BACKUP_SCHEDULE);
    const slot = new Date("2026-11-23T02:00:00.000Z");
    const before = new Date(slot.getTime() - 1);
    const after = new Date(slot.getTime() + 1);
    expect(newestSlot(before)).toEqual(new Date(slot.getTime() - DAY));
    expect([newestSlot(slot), newestSlot(after)]).toEqual([slot, slot]);
    expect(nextSlot(before)).toEqual(slot);
    expect([nextSlot(slot), nextSlot(after)]).toEqual([new Date(slot.getTime() + DAY), new Date(slot.getTime() + DAY)]);
  });

  test("the schedule keeps the text that the operator wrote", () => {
    expect(scheduleOf("0 0 2 * * Mon").text).toBe("0 0 2 * * Mon");
  });
});

describe("a schedule that can't be read is refused", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["", "six fields"],
    ["0 2 * * *", "six fields"],
    ["0 0 2 * * * 2026", "six fields"],
    ["@daily", "six fields"],
    ["60 0 2 * * *", "second"],
    ["0 60 2 * * *", "minute"],
    ["0 0 24 * * *", "hour"],
    ["0 0 2 0 * *", "day of month"],
    ["0 0 2 32 * *", "day of month"],
    ["0 0 2 L * *", "day of month"],
    ["0 0 2 15W * *", "day of month"],
    ["0 0 2 ? * *", "day of month"],
    ["0 0 2 * 13 *", "month"],
    ["0 0 2 * MON *", "month"],
    ["0 0 2 * * 7", "day of week"],
    ["0 0 2 * * 5L", "day of week"],
    ["0 0 2 * * MON#2", "day of week"],
    ["0 0 2 * * +MON", "day of week"],
    ["0 0 2 * * FRI-MON", "day of week"],
    ["0 0 2 * * FRI-SUN", "day of week"],
    ["0 0 2 * JANFEB *", "month"],
    ["0 0 2 * * MONDAY", "day of week"],
    ["0 0 */0 * * *", "hour"],
    ["0 0 2, * * *", "hour"],
    ["0 0 1-2-3 * * *", "hour"],
    ["0 0 -1 * * *", "hour"],
    ["0 0 0-24/5 * * *", "hour"],
    ["0 0 2 * 13/5 *", "month"],
    ["0 0 02:00 * * *", "hour"],
  ];
  test.each(rows)("%j names %s", (text, expected) => {
    expect(problemOf(text)).toContain(expected);
    expect(problemOf(text)).toContain("expected");
  });

  test("every wrong field is reported at once", () => {
    expect(problemOf("x 0 25 * * *")).toMatch(/field second.*field hour.*got "x 0 25/);
  });

  test.each(["0 0 2 30 2 *", "0 0 2 31 4,6,9,11 *"])("one that never fires: %j", (text) => {
    expect(problemOf(text)).toContain("this schedule never fires");
  });

  test.each([
    "* * * * * *",
    "0 */4 * * * *",
    "0,30 0 2 * * *",
    "0 */7 * * * *",
    "0 0,58 0-23 * * *",
    "0 59,1 0,23 * * *",
    "0 59,1 0,23 * * WED,THU",
    "0 59,1 0,23 1,2 * *",
  ])("one with slots less than five minutes apart: %j", (text) => {
    expect(problemOf(text)).toContain("at least five minutes apart");
  });

  test.each(["0 */5 * * * *", "30 2/10 * * * *", "0 0,5 0 * * *", "0 59,1 0,23 * * MON"])(
    "one with slots just far enough apart isn't: %j",
    (text) => {
      expect(scheduleOf(text).text).toBe(text);
    },
  );
});

/** The fields of a schedule as plain lists. */
const anySchedule = fc.record({
  minute: fc.integer({ min: 0, max: 59 }),
  hours: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 4 }),
  days: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: 4 }), { nil: undefined }),
  months: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }), {
    nil: undefined,
  }),
  weekdays: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }), {
    nil: undefined,
  }),
});

test("slots are those that a check of every hour finds", () => {
  fc.assert(
    fc.property(anySchedule, fc.integer({ min: 0, max: 4 * 365 * 24 }), (fields, hoursLater) => {
      const { minute, hours, days, months, weekdays } = fields;
      const listOf = (values: readonly number[] | undefined): string => values?.join(",") ?? "*";
      const schedule = scheduleOf(`0 ${minute} ${listOf(hours)} ${listOf(days)} ${listOf(months)} ${listOf(weekdays)}`);
      const isSlot = (at: Date): boolean => {
        const isDay = days?.includes(at.getUTCDate()) ?? true;
        const isWeekday = weekdays?.includes(at.getUTCDay()) ?? true;
        return (
          isDay && isWeekday && hours.includes(at.getUTCHours()) && (months?.includes(at.getUTCMonth() + 1) ?? true)
        );
      };
      const from = new Date(Date.UTC(2024, 0, 1) + hoursLater * HOUR + minute * MINUTE);
      const search = (start: number, step: number): Date => {
        let at = start;
        while (!isSlot(new Date(at))) at += step;
        return new Date(at);
      };
      const newest = search(from.getTime(), -HOUR);
      const next = search(from.getTime() + HOUR, HOUR);
      expect(schedule.newestSlot(from)).toEqual(newest);
      expect(schedule.nextSlot(from)).toEqual(next);
      expect(schedule.newestSlot(new Date(next.getTime() - SECOND))).toEqual(newest);
    }),
    { numRuns: 200 },
  );
});
