/** Words for times, sizes and foreign text, the same on the status page and on the command line. */

const SECOND = 1_000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MINUTES_WITH_SECONDS = 10;
const DAYS_WITH_HOURS = 10;

/** A length of time, in its two largest units at most: `38 s`, `11 min`, `7 h 38 min`, `2 days 7 h`. */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / DAY);
  const hours = Math.floor((whole % DAY) / HOUR);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  const rest = whole % MINUTE;
  if (days > 0) return joined(`${days} ${days === 1 ? "day" : "days"}`, days < DAYS_WITH_HOURS ? hours : 0, "h");
  if (hours > 0) return joined(`${hours} h`, minutes, "min");
  if (minutes > 0) return joined(`${minutes} min`, minutes < MINUTES_WITH_SECONDS ? rest : 0, "s");
  return `${rest} s`;
}

const joined = (first: string, amount: number, unit: string): string =>
  amount === 0 ? first : `${first} ${amount} ${unit}`;

const UNITS = ["bytes", "kB", "MB", "GB", "TB"];
const STEP = 1_000;
/** From here on one decimal would read `1000.0`. */
const ROUNDS_UP = 999.95;

/** A number of bytes: `512 bytes`, `48.2 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < STEP) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let amount = bytes / STEP;
  let unit = 1;
  while (amount >= ROUNDS_UP && unit < UNITS.length - 1) {
    amount /= STEP;
    unit += 1;
  }
  return `${amount.toFixed(1)} ${UNITS[unit]}`;
}

/** `10 to 12 min`, `11 min`: two amounts in words, whose unit is said once where it is the same. */
export function rangeWords(from: string, to: string): string {
  if (from === to) return from;
  const [amount, unit, ...more] = from.split(" ");
  return more.length === 0 && to.split(" ").length === 2 && to.endsWith(` ${unit}`)
    ? `${amount} to ${to}`
    : `${from} to ${to}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The number of the day in UTC. */
const dayOf = (date: Date): number => Math.floor(date.getTime() / SECOND / DAY);

/** The time of day in UTC: `08:00`, with seconds `08:00:12`. */
export const timeWords = (instant: string, seconds = false): string =>
  new Date(instant).toISOString().slice(11, seconds ? 19 : 16);

/** A day in UTC, as seen from `now`: `today`, `yesterday`, `tomorrow`, `27 Nov`, in another year `27 Nov 2025`. */
export function dayWords(instant: string, now: Date): string {
  const date = new Date(instant);
  const ahead = dayOf(date) - dayOf(now);
  if (ahead === 0) return "today";
  if (ahead === 1) return "tomorrow";
  if (ahead === -1) return "yesterday";
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return date.getUTCFullYear() === now.getUTCFullYear() ? day : `${day} ${date.getUTCFullYear()}`;
}

/** A moment as seen from `now`: `08:00 UTC`, with seconds `08:00:12 UTC`, `08:00 UTC yesterday`, `08:00 UTC on 27 Nov`. */
export function momentWords(instant: string, now: Date, seconds = false): string {
  const time = `${timeWords(instant, seconds)} UTC`;
  const day = dayWords(instant, now);
  if (day === "today") return time;
  return day === "yesterday" || day === "tomorrow" ? `${time} ${day}` : `${time} on ${day}`;
}

/** `1 run`, `3 runs`, `1,234 runs`. */
export const countWords = (count: number, one: string, more = `${one}s`): string =>
  `${String(count).replace(/\B(?=(\d{3})+$)/g, ",")} ${count === 1 ? one : more}`;

/**
 * Characters that steer a terminal, break a line, reverse or hide text: control characters, line and paragraph
 * separators, marks of direction, and letters without width.
 */
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\u00AD\u061C\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]+/gu;
const USUAL_LENGTH = 300;

/** Text from outside in one line of at most `longest` characters. A longer one ends with `…`. */
export function plainText(text: string, longest = USUAL_LENGTH): string {
  // Ten characters for one that is shown: a text of any length costs little.
  const start = text.slice(0, longest * 10);
  const shown = [...start.toWellFormed().replace(STEERING, " ").trim()];
  return shown.length > longest || start.length < text.length
    ? `${shown.slice(0, longest - 1).join("")}…`
    : shown.join("");
}
