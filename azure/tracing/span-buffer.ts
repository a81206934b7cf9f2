import type { Span } from "./span.ts";

/** A span has about a kilobyte: this is what a process keeps of them at most while nobody takes them. */
const MOST_KEPT = 2_000;

/** Spans that wait to be sent, the oldest first. */
export type SpanBuffer = {
  readonly keep: (span: Span) => void;
  /** Takes out the oldest ones, at most `most`. */
  readonly take: (most: number) => readonly Span[];
  /** Puts back what was taken and couldn't be sent. */
  readonly putBack: (spans: readonly Span[]) => void;
  readonly size: () => number;
  /** How many were dropped because there were too many; from 0 again after each question. */
  readonly takeDropped: () => number;
};

/** A buffer that never grows beyond `mostKept`: the oldest spans give way to new ones. */
export function spanBuffer(mostKept: number = MOST_KEPT): SpanBuffer {
  let waiting: Span[] = [];
  let dropped = 0;
  const trim = (): void => {
    const tooMany = waiting.length - mostKept;
    if (tooMany <= 0) return;
    waiting = waiting.slice(tooMany);
    dropped += tooMany;
  };
  return {
    keep: (span) => {
      waiting.push(span);
      trim();
    },
    take: (most) => waiting.splice(0, most),
    putBack: (spans) => {
      waiting = [...spans, ...waiting];
      trim();
    },
    size: () => waiting.length,
    takeDropped: () => {
      const count = dropped;
      dropped = 0;
      return count;
    },
  };
}
