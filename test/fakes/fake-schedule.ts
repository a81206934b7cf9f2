import { DAY, HOUR } from "../../backup/model/instant.ts";
import type { ParseSchedule, Schedule } from "../../backup/model/settings.ts";

/** Slots `gap` milliseconds apart, one of them `offset` milliseconds after the epoch. */
function fixedInterval(text: string, gap: number, offset: number): Schedule {
  const newest = (at: Date): number => Math.floor((at.getTime() - offset) / gap) * gap + offset;
  return {
    text,
    newestSlot: (at) => new Date(newest(at)),
    nextSlot: (at) => new Date(newest(at) + gap),
  };
}

/** A slot every `ms` milliseconds, counted from the epoch. */
export const every = (ms: number): Schedule => fixedInterval(`every ${ms} ms`, ms, 0);

/** A slot a day, on the hour, in UTC. */
export const everyDayAt = (hour: number): Schedule => fixedInterval(`0 0 ${hour} * * *`, DAY, hour * HOUR);

/** A slot on the weekdays (0: Sunday) of every week, on the hour, in UTC. */
export function onWeekdays(hour: number, weekdays: readonly number[]): Schedule {
  const daily = everyDayAt(hour);
  /** The first day among eight, from one and in one direction, that the schedule has. */
  const search = (from: Date | undefined, days: number): Date | undefined =>
    Array.from({ length: 8 }, (_, n) => new Date((from?.getTime() ?? 0) + n * days * DAY)).find((day) =>
      weekdays.includes(day.getUTCDay()),
    );
  return {
    text: `0 0 ${hour} * * ${weekdays.join(",")}`,
    newestSlot: (at) => search(daily.newestSlot(at), -1),
    nextSlot: (at) => search(daily.nextSlot(at), 1),
  };
}

/** A schedule that never has a slot, as one whose day doesn't exist. */
export const never: Schedule = {
  text: "0 0 0 30 2 *",
  newestSlot: () => undefined,
  nextSlot: () => undefined,
};

const DAILY = /^0 0 (\d{1,2}) \* \* \*$/;

/** Reads the daily schedules only; enough for tests of settings. */
export const parseFakeSchedule: ParseSchedule = (text) => {
  const hour = DAILY.exec(text)?.[1];
  return hour === undefined ? { problem: "expected six fields of NCRONTAB" } : { schedule: everyDayAt(Number(hour)) };
};
