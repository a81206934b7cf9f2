import { Cron } from "croner";
import { describe } from "../../backup/fields.ts";
import { MINUTE } from "../../backup/instant.ts";
import type { ParseSchedule } from "../../backup/schedule.ts";
import { FIELDS, type Field, readField } from "./ncrontab-field.ts";
import { type Fields, gapsOf } from "./ncrontab-gaps.ts";

/** The timer looks that often; slots closer together would be missed. */
const SHORTEST_GAP = 5 * MINUTE;

/**
 * Reads an NCRONTAB expression of six fields (second, minute, hour, day of month, month, day of week), in UTC, with croner
 * to find slots. What croner knows besides (L, W, #, ?, @daily, a year, a day 7) is refused.
 */
export const parseSchedule: ParseSchedule = (text) => {
  const got = `got ${describe(text)}`;
  const read = readFields(text);
  if ("problem" in read) return { problem: `${read.problem}; ${got}` };
  const { fields } = read;
  const gaps = gapsOf(fields);
  if (gaps === undefined) return { problem: `expected a schedule that comes at all: no month has such a day; ${got}` };
  if (gaps.shortest < SHORTEST_GAP) {
    return { problem: `expected slots at least five minutes apart, as the timer looks every five minutes; ${got}` };
  }
  // Where both day fields are restricted NCRONTAB wants a day to match both; Vixie's cron, and croner by default, only one.
  const cron = new Cron(canonical(fields), { utcOffset: 0, mode: "6-part", domAndDow: true });
  return {
    schedule: {
      text,
      // croner gives what is before an instant: a slot at this very millisecond is before the next one.
      newestSlot: (at) => cron.previousRuns(1, new Date(at.getTime() + 1))[0],
      nextSlot: (at) => cron.nextRun(at) ?? undefined,
      longestGap: gaps.longest,
    },
  };
};

const FORM = "expected six fields: second minute hour day-of-month month day-of-week, as 0 0 2 * * *";

function readFields(text: string): { readonly fields: Fields } | { readonly problem: string } {
  const texts = text.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) return { problem: FORM };
  const problems: string[] = [];
  const [second, minute, hour, day, month, weekday] = FIELDS.map((kind, index): Field => {
    const read = readField(texts[index] ?? "", kind);
    if (!("problem" in read)) return read;
    problems.push(read.problem);
    return { values: [] };
  });
  if (problems.length > 0) return { problem: problems.join("; ") };
  if (!second || !minute || !hour || !day || !month || !weekday) return { problem: FORM };
  return { fields: { second, minute, hour, day, month, weekday } };
}

/** The expression in plain lists, so that croner sees nothing that it could read in a way of its own. */
const canonical = ({ second, minute, hour, day, month, weekday }: Fields): string =>
  [second, minute, hour, day, month, weekday].map(({ values }) => values.join(",")).join(" ");
