import type { View } from "../check.ts";

// The design's intervals as the checks know them: on purpose not taken from the product, where one could be changed by
// mistake.
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const LONGEST_PAUSE = 55 * MINUTE;

/** A run must have ended within this time after its deadline and after the faults have stopped. */
export const END_GRACE = 30 * MINUTE;
export const UNATTENDED_AFTER = 5 * MINUTE;
/** Pauses after the first, second … unsuccessful try of a slot. */
const RETRY_SLOT = [15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR];
export const BACK_OFF = [MINUTE, 2 * MINUTE, 5 * MINUTE];
export const OVERDUE_GRACE = HOUR;
/** A frozen process resumes after at most this time. */
export const LONGEST_FREEZE = 12 * MINUTE;

/** The n-th pause, counted from 1, of a row whose last one repeats. */
export const pauseOf = (row: readonly number[], n: number): number => row[Math.min(n, row.length) - 1] ?? 0;

/** From when on a slot that was tried may be tried again. */
export function dueAt(slot: number, tries: readonly { readonly endedAt: number }[]): number {
  const pause = pauseOf(RETRY_SLOT, tries.length);
  return Math.max(slot, ...tries.map(({ endedAt }) => endedAt + pause));
}

export const newestSlot = (gap: number, at: number): number => Math.floor(at / gap) * gap;
export const nextSlot = (gap: number, at: number): number => newestSlot(gap, at) + gap;

/** From when on an HSM is overdue whose newest verified success was started then. */
export const overdueAt = ({ deadline, maxAge }: View, slotGap: number, startedAt: number): number =>
  Math.min(nextSlot(slotGap, startedAt) + deadline + OVERDUE_GRACE, startedAt + (maxAge ?? Number.POSITIVE_INFINITY));

/** A moment of the world as checks and stories show it: `02:03:04.567`, UTC. */
export const clock = (at: number): string => (Number.isFinite(at) ? new Date(at).toISOString().slice(11, 23) : "never");

/** A span: `4.5 min`. */
export const minutes = (ms: number): string => `${Math.round(ms / 6_000) / 10} min`;
