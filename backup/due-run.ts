import type { Card, EndedSummary } from "./card.ts";
import { type Instant, instantOf, isAhead, later, millis } from "./instant.ts";
import { type Intervals, pause } from "./intervals.ts";
import { MOST_ATTEMPTS, parseRunId } from "./run-id.ts";
import type { Schedule } from "./schedule.ts";

/** The slot that a run is due for, and which try of it this will be, from 1. */
export type DueRun = { readonly slot: Instant; readonly attempt: number };

/**
 * The newest slot since the card's `since` is due when no run is on the card and no verified success was started in its
 * window so far; again after each unsuccessful try, with growing pauses, until it is satisfied or the next slot comes.
 */
export function dueRun(card: Card, schedule: Schedule, now: Date, intervals: Intervals): DueRun | undefined {
  if (card.active !== null || card.leftAt !== null) return undefined;
  const newest = schedule.newestSlot(now);
  if (newest === undefined || millis(newest) < millis(card.since)) return undefined;
  const slot = instantOf(newest);
  if (isSatisfied(card, newest, undefined, now)) return undefined;
  const tries = card.runs.filter((run) => run.slot === slot && !isAhead(run.endedAt, now));
  const lastEnd = tries.map(({ endedAt }) => endedAt).reduce((a, b) => later(a, b), slot);
  if (tries.length > 0 && millis(now) < millis(lastEnd) + pause(intervals.retrySlot, tries.length)) return undefined;
  const attempt = 1 + tries.map(attemptOf).reduce((a, b) => Math.max(a, b), 0);
  return { slot, attempt: Math.min(attempt, MOST_ATTEMPTS) };
}

/** Slots whose windows are over, judged once: those without a verified success, and how far all are judged now. */
export type JudgedSlots = { readonly missed: readonly Instant[]; readonly judgedUntil: Instant };

/** At most that many slots are judged at a time, so that a long outage of a frequent schedule stays one small step. */
const JUDGED_AT_ONCE = 100;

/** Judges the slots since `judgedUntil`, up to one whose window is still open or whose run is still on the card. */
export function judgeSlots(card: Card, schedule: Schedule, now: Date): JudgedSlots {
  const missed: Instant[] = [];
  // No slot before the HSM was first seen is anybody's.
  let judgedUntil = later(card.judgedUntil, card.since);
  // A slot at this very instant isn't judged yet: look for the first one after the millisecond before.
  let slot = schedule.nextSlot(new Date(millis(judgedUntil) - 1));
  for (let judged = 0; slot !== undefined && judged < JUDGED_AT_ONCE; judged++) {
    const next = schedule.nextSlot(slot);
    if (next === undefined || next > now || hasActiveRunFrom(card, slot, next)) break;
    if (!isSatisfied(card, slot, next, now)) missed.push(instantOf(slot));
    judgedUntil = instantOf(next);
    slot = next;
  }
  return { missed, judgedUntil };
}

/** Whether a verified success was started from `slot` on, before `next` where there is one; none that is still to come. */
function isSatisfied(card: Card, slot: Date, next: Date | undefined, now: Date): boolean {
  const known = card.newestSuccess === null ? card.runs : [card.newestSuccess, ...card.runs];
  return known.some(
    (run) => run.state === "Succeeded" && isWithin(run.startedAt, slot, next) && !isAhead(run.startedAt, now),
  );
}

const hasActiveRunFrom = (card: Card, slot: Date, next: Date): boolean =>
  card.active !== null && isWithin(card.active.at, slot, next);

const isWithin = (at: Instant, slot: Date, next: Date | undefined): boolean =>
  millis(at) >= millis(slot) && (next === undefined || millis(at) < millis(next));

const attemptOf = ({ id }: EndedSummary): number => parseRunId(id)?.attempt ?? 0;
