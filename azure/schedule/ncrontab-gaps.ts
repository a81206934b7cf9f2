import { DAY, HOUR, MINUTE, SECOND } from "../../backup/instant.ts";
import type { Field } from "./ncrontab-field.ts";

/** The fields of a schedule by their names. */
export type Fields = {
  readonly second: Field;
  readonly minute: Field;
  readonly hour: Field;
  readonly day: Field;
  readonly month: Field;
  readonly weekday: Field;
};

/** The shortest and the longest time between two slots that follow each other, in milliseconds. */
export type Gaps = { readonly shortest: number; readonly longest: number };

const CYCLE_YEARS = 400;
// Any year is good to begin with; this one's 1 January was a Saturday.
const FIRST_YEAR = 2000;
const FIRST_WEEKDAY = 6;
const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const FEBRUARY = 2;
const LONGEST_MONTH = 31;
const WEEK = 7;

/**
 * The exact gaps of a schedule, whose days have to match both day fields; undefined where it has no slot at all.
 *
 * Every matching day has the same times, so two slots that follow each other are either two such times of one day, or the
 * last time of a matching day and the first of the next one. The first kind is seen on any one day. Of the second, with
 * `days` between the two, the length is `days` minus the span from the first time to the last: longest and shortest
 * are where `days` is. The Gregorian calendar repeats after 400 years, which are 146,097 days and so whole weeks: to
 * walk one such cycle, round to its first match again, meets every `days` there ever is (eight years for 29 February
 * across 2100, too). That is integer arithmetic of about a millisecond.
 */
export function gapsOf(fields: Fields): Gaps | undefined {
  const distances = dayDistances(fields);
  if (distances === undefined) return undefined;
  const inDay = timeGaps(fields);
  return {
    shortest: Math.min(inDay.shortest, distances.shortest * DAY - inDay.span),
    longest: Math.max(inDay.longest, distances.longest * DAY - inDay.span),
  };
}

function dayDistances({ day, month, weekday }: Fields): Gaps | undefined {
  // The usual case needs no walk.
  const isEveryDay = day.values.length === LONGEST_MONTH && month.values.length === MONTH_LENGTHS.length;
  if (isEveryDay && weekday.values.length === WEEK) return { shortest: 1, longest: 1 };
  const [days, months, weekdays] = [new Set(day.values), new Set(month.values), new Set(weekday.values)];
  let first: number | undefined;
  let previous = 0;
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  const meet = (distance: number): void => {
    shortest = Math.min(shortest, distance);
    longest = Math.max(longest, distance);
  };
  let today = 0;
  for (let year = FIRST_YEAR; year < FIRST_YEAR + CYCLE_YEARS; year++) {
    for (const [index, usualLength] of MONTH_LENGTHS.entries()) {
      const length = index + 1 === FEBRUARY && isLeap(year) ? usualLength + 1 : usualLength;
      if (!months.has(index + 1)) {
        today += length;
        continue;
      }
      for (let dayOfMonth = 1; dayOfMonth <= length; dayOfMonth++, today++) {
        if (!days.has(dayOfMonth) || !weekdays.has((today + FIRST_WEEKDAY) % WEEK)) continue;
        if (first === undefined) first = today;
        else meet(today - previous);
        previous = today;
      }
    }
  }
  if (first === undefined) return undefined;
  meet(first + today - previous);
  return { shortest, longest };
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Gaps between the times of one day, and the span from its first time to its last. A single time has no gap. */
function timeGaps({ second, minute, hour }: Fields): Gaps & { readonly span: number } {
  let first: number | undefined;
  let previous = 0;
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  for (const h of hour.values) {
    for (const m of minute.values) {
      for (const s of second.values) {
        const time = h * HOUR + m * MINUTE + s * SECOND;
        if (first !== undefined) {
          shortest = Math.min(shortest, time - previous);
          longest = Math.max(longest, time - previous);
        }
        first ??= time;
        previous = time;
      }
    }
  }
  return { shortest, longest, span: previous - (first ?? 0) };
}
