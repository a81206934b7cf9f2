import { isRecord } from "./is-record.ts";
import type { Schedule } from "./timer-schedule.ts";

/** What the monitor blob of a timer holds; `last` is undefined while it has never fired. */
export type ScheduleStatus = { readonly last: Date | undefined; readonly next: Date; readonly lastUpdated: Date };

// .NET's default date: what a status holds that has no value yet.
const NEVER = "0001-01-01T00:00:00+00:00";

/** The judgement at the start of a listener: the status to store, and whether an occurrence was missed while no host ran. */
export type StartJudgement = {
  readonly status: ScheduleStatus;
  readonly hasChanged: boolean;
  readonly isPastDue: boolean;
};

/**
 * Compares a stored status with the schedule, as the timer extension's ScheduleMonitor does: a schedule that was changed
 * since is not past due, even when its own next occurrence would be.
 */
export function judgeAtStart(stored: ScheduleStatus | undefined, schedule: Schedule, now: Date): StartJudgement {
  if (stored === undefined) {
    const status = { last: undefined, next: schedule.next(now), lastUpdated: now };
    return { status, hasChanged: true, isPastDue: false };
  }
  const base = stored.last ?? stored.lastUpdated;
  const expected = schedule.next(base);
  if (expected.getTime() === stored.next.getTime())
    return { status: stored, hasChanged: false, isPastDue: now.getTime() > stored.next.getTime() };
  const isOver = now.getTime() > expected.getTime();
  const status = isOver
    ? { last: undefined, next: schedule.next(now), lastUpdated: now }
    : { last: undefined, next: expected, lastUpdated: base };
  return { status, hasChanged: true, isPastDue: false };
}

/** The status after a firing. One that came a little early counts for its occurrence, so that it isn't fired twice. */
export function statusAfter(firedAt: Date, due: Date | undefined, schedule: Schedule): ScheduleStatus {
  const last = due !== undefined && due.getTime() > firedAt.getTime() ? due : firedAt;
  return { last, next: schedule.next(last), lastUpdated: last };
}

const dotNetDate = (date: Date | undefined): string => date?.toISOString().replace("Z", "+00:00") ?? NEVER;

/** In the form that the monitor blob and the timer's input share. */
export const toStoredStatus = (status: ScheduleStatus): Readonly<Record<"Last" | "Next" | "LastUpdated", string>> => ({
  Last: dotNetDate(status.last),
  Next: dotNetDate(status.next),
  LastUpdated: dotNetDate(status.lastUpdated),
});

/** Undefined for a blob that can't be read: the host then starts without a status. */
export function parseStoredStatus(text: string): ScheduleStatus | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(stored)) return undefined;
  const [last, next, lastUpdated] = [stored.Last, stored.Next, stored.LastUpdated].map(parseDate);
  return next === undefined || lastUpdated === undefined ? undefined : { last, next, lastUpdated };
}

function parseDate(value: unknown): Date | undefined {
  const date = new Date(String(value));
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() <= 1 ? undefined : date;
}
