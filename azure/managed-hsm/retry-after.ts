import { MINUTE, SECOND } from "../../backup/instant.ts";

/** Nobody is left alone for longer, whatever a header says: a run has a deadline. */
export const LONGEST_RETRY_AFTER = 15 * MINUTE;

const SECONDS = /^\d{1,9}$/;
// RFC 9110, 5.6.7: the one form of a date that may be sent, e.g. `Mon, 23 Nov 2026 02:00:05 GMT`.
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** `Retry-After` (seconds or a date) in milliseconds from now; null where there is none, or it can't be read. */
export function parseRetryAfter(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? "";
  if (SECONDS.test(text)) return Math.min(Number(text) * SECOND, LONGEST_RETRY_AFTER);
  if (!HTTP_DATE.test(text)) return null;
  const until = Date.parse(text) - now.getTime();
  return Number.isNaN(until) ? null : Math.min(Math.max(until, 0), LONGEST_RETRY_AFTER);
}
