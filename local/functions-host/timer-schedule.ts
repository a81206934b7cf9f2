import { Cron } from "croner";

export type Schedule = {
  /** The first occurrence after that instant. */
  readonly next: (after: Date) => Date;
  /** The shortest time between the next few occurrences. */
  readonly isUnderAMinute: (now: Date) => boolean;
};

const FIELDS = 6;
// What NCrontab knows: numbers, names, `*`, lists, ranges and steps. Croner knows more (`L`, `W`, `#`, `@daily`).
const FIELD = /^[\d*,/-]+$|^(?:[a-z]{3}|[\d,*/-])+$/i;
const OCCURRENCES_LOOKED_AT = 5;
const MINUTE_MS = 60_000;

/**
 * An NCRONTAB expression of six fields, in UTC. Day of month and day of week have both to match, as in NCrontab (Vixie cron
 * would take either).
 * @throws Error in one sentence when it can't be read.
 */
export function parseSchedule(expression: string): Schedule {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== FIELDS || !fields.every((field) => FIELD.test(field))) throw unreadable(expression);
  let cron: Cron;
  try {
    cron = new Cron(fields.join(" "), { timezone: "UTC", mode: "6-part", domAndDow: true });
  } catch (cause) {
    throw unreadable(expression, cause);
  }
  const next = (after: Date): Date => {
    const occurrence = cron.nextRun(after);
    if (occurrence === null)
      throw new Error(`The schedule "${expression}" has no occurrence after ${after.toISOString()}.`);
    return occurrence;
  };
  return {
    next,
    isUnderAMinute: (now) => {
      let last = next(now);
      for (let looked = 1; looked < OCCURRENCES_LOOKED_AT; looked++) {
        const following = next(last);
        if (following.getTime() - last.getTime() < MINUTE_MS) return true;
        last = following;
      }
      return false;
    },
  };
}

const unreadable = (expression: string, cause?: unknown): Error =>
  new Error(`The schedule "${expression}" is not an NCRONTAB expression of six fields (such as 0 0 2 * * *).`, {
    cause,
  });
