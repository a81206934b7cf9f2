const UNITS = ["bytes", "kB", "MB", "GB", "TB"];
const STEP = 1_000;

/** A number of bytes for a person: `1.5 MB`. */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= STEP && unit < UNITS.length - 1) {
    amount /= STEP;
    unit += 1;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${UNITS[unit]}`;
}

/** A length of time for a person: `12 s`, `2 min 5 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The time of day, UTC, of an ISO instant; an empty text where it is none. */
export const formatTime = (instant: unknown): string =>
  typeof instant === "string" && !Number.isNaN(Date.parse(instant))
    ? new Date(instant).toISOString().slice(11, 19)
    : "";
