import { isContainerOf } from "./container-name.ts";
import { BadField, type Fields, instant, text } from "./fields.ts";
import { DAY, type Instant, millis } from "./instant.ts";

/** Longer than any setting allows: a deadline further off was never one of ours, and would hold its HSM for ever. */
const LONGEST_DEADLINE = 7 * DAY;

/** The deadline of a run that was started at `startedAt`. */
export function deadline(from: Fields, field: string, startedAt: Instant): Instant {
  const deadlineAt = instant(from, field);
  if (millis(deadlineAt) - millis(startedAt) > LONGEST_DEADLINE)
    throw new BadField(field, `an instant at most ${LONGEST_DEADLINE / DAY} days after the start`, deadlineAt);
  return deadlineAt;
}

/** The container that a run of this HSM writes to: in another HSM's, its blobs would prove nothing. */
export function containerOf(from: Fields, field: string, hsm: string): string {
  const container = text(from, field);
  if (!isContainerOf(hsm, container)) throw new BadField(field, `a dated container of ${hsm}`, container);
  return container;
}
