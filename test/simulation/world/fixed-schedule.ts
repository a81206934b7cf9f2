import type { Schedule } from "../../../backup/model/settings.ts";

/** A slot every `gap` milliseconds, counted from the epoch. */
export function everyGap(gap: number): Schedule {
  const newest = (at: Date): number => Math.floor(at.getTime() / gap) * gap;
  return {
    text: `every ${gap} ms`,
    newestSlot: (at) => new Date(newest(at)),
    nextSlot: (at) => new Date(newest(at) + gap),
  };
}
