import { DAY, HOUR } from "../../backup/instant.ts";
import type { ParseSchedule, Schedule } from "../../backup/schedule.ts";

/** Slots `gap` milliseconds apart, one of them `offset` milliseconds after the epoch. */
function fixedInterval(text: string, gap: number, offset: number): Schedule {
  const newest = (at: Date): number => Math.floor((at.getTime() - offset) / gap) * gap + offset;
  return {
    text,
    longestGap: gap,
    newestSlot: (at) => new Date(newest(at)),
    nextSlot: (at) => new Date(newest(at) + gap),
  };
}

/** A slot every `ms` milliseconds, counted from the epoch. */
export const every = (ms: number): Schedule => fixedInterval(`every ${ms} ms`, ms, 0);

/** A slot a day, on the hour, in UTC. */
export const everyDayAt = (hour: number): Schedule => fixedInterval(`0 0 ${hour} * * *`, DAY, hour * HOUR);

/** A schedule that never has a slot, as one whose day doesn't exist. */
export const never: Schedule = {
  text: "0 0 0 30 2 *",
  longestGap: DAY,
  newestSlot: () => undefined,
  nextSlot: () => undefined,
};

const DAILY = /^0 0 (\d{1,2}) \* \* \*$/;

/** Reads the daily schedules only; enough for tests of settings. */
export const parseFakeSchedule: ParseSchedule = (text) => {
  const hour = DAILY.exec(text)?.[1];
  return hour === undefined ? { problem: "expected six fields of NCRONTAB" } : { schedule: everyDayAt(Number(hour)) };
};
