import { Cron } from "croner";
import { DAY, MINUTE } from "../../backup/model/instant.ts";
import { quoted } from "../../backup/model/secret.ts";
import type { ParseSchedule } from "../../backup/model/settings.ts";

/** The timer fires that often; slots closer together would be missed. */
const SHORTEST_GAP = 5 * MINUTE;
/** The first slots of a schedule whose gaps are checked: those of this time, and no more than a day can have, and midnight. */
const CHECKED_TIME = 8 * DAY;
const MOST_CHECKED = 290;
/** A search from here sees every day of the calendar's cycle of 400 years. */
const EPOCH = new Date(0);

const FORM = "expected six fields: second minute hour day-of-month month day-of-week, as 0 0 2 * * *";
const NUMBER = "\\d{1,2}";
const FIELDS = [
  { name: "second", to: 59, values: "0 to 59", value: NUMBER },
  { name: "minute", to: 59, values: "0 to 59", value: NUMBER },
  { name: "hour", to: 23, values: "0 to 23", value: NUMBER },
  { name: "day of month", to: 31, values: "1 to 31", value: NUMBER },
  { name: "month", to: 12, values: "1 to 12 or JAN to DEC", value: `${NUMBER}|[a-z]{3}` },
  { name: "day of week", to: 6, values: "0 (Sunday) to 6 or SUN to SAT", value: "[0-6]|[a-z]{3}" },
] as const;

/**
 * Parses an NCRONTAB expression of six fields (second, minute, hour, day of month, month, day of week), in UTC. croner
 * finds the slots; what it accepts beyond NCRONTAB (L, W, #, ?, @daily, a year, a day 7) is refused.
 */
export const parseSchedule: ParseSchedule = (text) => {
  const fields = text.trim().split(/\s+/);
  const got = `got ${quoted(text)}`;
  if (fields.length !== FIELDS.length) return { problem: `${FORM}; ${got}` };
  const problems = FIELDS.flatMap((field, index) => fieldProblem(field, index, fields[index] ?? "") ?? []);
  if (problems.length > 0) return { problem: `${problems.join("; ")}; ${got}` };
  const cron = cronOf(fields.join(" "));
  const first = cron.nextRun(EPOCH);
  if (first === null) return { problem: `this schedule never fires: expected a day that some month has; ${got}` };
  if (hasShortGap(cron, first))
    return { problem: `expected slots at least five minutes apart, as the timer fires every five minutes; ${got}` };
  return {
    schedule: {
      text,
      // croner returns what is before an instant: a slot at this very millisecond is before the next one.
      newestSlot: (at) => cron.previousRuns(1, new Date(at.getTime() + 1))[0],
      nextSlot: (at) => cron.nextRun(at) ?? undefined,
    },
  };
};

/**
 * Where both day fields are restricted, NCRONTAB requires a day to match both; Vixie's cron, and croner by default, only
 * one. A step after a single value goes on to the field's end: 5/15 is 5, 20, 35, 50.
 */
const cronOf = (pattern: string): Cron =>
  new Cron(pattern, { utcOffset: 0, mode: "6-part", domAndDow: true, sloppyRanges: true });

function fieldProblem({ name, to, values, value }: (typeof FIELDS)[number], index: number, text: string) {
  const part = `(?:\\*|(?:${value})(?:-(?!SUN)(?:${value}))?)(?:/${NUMBER})?`;
  const isWellFormed = new RegExp(`^${part}(?:,${part})*$`, "i").test(text);
  // croner skips an end of a range that its step doesn't meet: 0-24/5.
  const numbers = text.replace(/\/\d+/g, "").match(/\d+/g) ?? [];
  const isInRange = numbers.every((digits) => Number(digits) <= to);
  if (isWellFormed && isInRange && isAccepted(FIELDS.map((_, other) => (other === index ? text : "*")).join(" ")))
    return undefined;
  return `in the field ${name}, expected *, or values from ${values}, as a list (1,2), range (1-5) or with a step (*/2)`;
}

function isAccepted(pattern: string): boolean {
  try {
    cronOf(pattern);
    return true;
  } catch {
    return false;
  }
}

/** A gap that comes later, as between two months, only costs a backup that starts with the slot before. */
function hasShortGap(cron: Cron, first: Date): boolean {
  let slot: Date | null = first;
  for (
    let count = 0;
    slot !== null && count < MOST_CHECKED && slot.getTime() < first.getTime() + CHECKED_TIME;
    count++
  ) {
    const next = cron.nextRun(slot);
    if (next !== null && next.getTime() - slot.getTime() < SHORTEST_GAP) return true;
    slot = next;
  }
  return false;
}
