/** A moment in UTC as ISO 8601 text, e.g. `2026-11-23T02:00:00.000Z`, as states and records store it. */
export type Instant = string;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The clocks of two hosts differ by less. An instant further ahead was written under a wrong clock, or by hand. */
const CLOCK_TOLERANCE = HOUR;

/** Whether an instant is further ahead than the clock of another host can be. Such an instant counts as absent. */
export const isAhead = (instant: Instant, now: Date): boolean => millis(instant) > millis(now) + CLOCK_TOLERANCE;

/** A date as an instant. */
export const instantOf = (date: Date): Instant => date.toISOString();

/** Milliseconds since the epoch. */
export const millis = (instant: Instant | Date): number =>
  typeof instant === "string" ? Date.parse(instant) : instant.getTime();

/** The instant `ms` milliseconds after `from`. */
export const after = (from: Instant | Date, ms: number): Instant => instantOf(new Date(millis(from) + ms));

/** The earliest of these instants. */
export const earliest = (first: Instant, ...others: readonly Instant[]): Instant =>
  others.reduce((a, b) => (millis(b) < millis(a) ? b : a), first);
