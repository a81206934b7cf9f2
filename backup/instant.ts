/** A moment in UTC as ISO 8601 text, e.g. `2026-11-23T02:00:00.000Z`: what stands in records and cards. */
export type Instant = string;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * How far ahead of ours another host's clock may be. What says of itself that it happened later than that can't be believed:
 * it was written under a wrong clock, or by hand.
 */
export const CLOCK_TOLERANCE = HOUR;

/** Whether an instant lies further ahead than any clock of ours can be. */
export const isAhead = (instant: Instant, now: Instant | Date): boolean =>
  millis(instant) > millis(now) + CLOCK_TOLERANCE;

// Of the years 2000 to 2199: whatever is reckoned from such an instant is still a date of four digits.
const SHAPE = /^2[01]\d{2}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/;

/** The instant of a date. */
export const instantOf = (date: Date): Instant => date.toISOString();

/** Milliseconds since the epoch. */
export const millis = (instant: Instant | Date): number =>
  typeof instant === "string" ? Date.parse(instant) : instant.getTime();

/** The instant `ms` milliseconds after `from`. */
export const after = (from: Instant | Date, ms: number): Instant => instantOf(new Date(millis(from) + ms));

/** The earlier of two instants. */
export const earlier = (a: Instant, b: Instant): Instant => (millis(a) <= millis(b) ? a : b);

/** The later of two instants. */
export const later = (a: Instant, b: Instant): Instant => (millis(a) >= millis(b) ? a : b);

export const isInstant = (value: unknown): value is Instant =>
  typeof value === "string" && SHAPE.test(value) && isOnCalendar(value);

/** `Date.parse` takes 30 February for 2 March, and 24:00 for the next day. */
function isOnCalendar(text: string): boolean {
  const parsed = Date.parse(text);
  // Every month has so many days; ledgers are full of instants, and writing one anew takes longer than all else here.
  if (text.slice(8, 10) <= "28" && text.slice(11, 13) < "24") return !Number.isNaN(parsed);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().slice(0, 19) === text.slice(0, 19);
}
