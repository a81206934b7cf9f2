import { eventHeap } from "./event-heap.ts";
import { hashed } from "./random.ts";

/** The world's own time in milliseconds since the epoch, and what happens when. */
export type Timeline = {
  readonly now: () => number;
  /** Lets something happen at a time, or now where that time is over. Whole milliseconds. */
  readonly at: (time: number, happen: () => void) => void;
  /** The same, `ms` milliseconds from now. */
  readonly after: (ms: number, happen: () => void) => void;
  /**
   * A number from 0 to 1 for what is nobody's fault: latencies, who is chosen. It depends on seed, time and `salt` alone,
   * so that leaving out a fault changes nothing before it, and little beside it.
   */
  readonly noise: (salt: number) => number;
  /** Once: the next event waits until this holds, with turns of the event loop: reading a body may need some. */
  readonly holdUntil: (isDone: () => boolean) => void;
  /** Until then, or until somebody has seen enough. */
  readonly run: (until: number, isEnough?: () => boolean) => Promise<void>;
};

const MOST_TURNS = 1_000;
/** A world has some 10,000 events; one that has so many goes round in a circle. */
const MOST_EVENTS = 500_000;

export function makeTimeline(seed: number, begin: number): Timeline {
  const heap = eventHeap();
  let now = begin;
  let order = 0;
  let drawnNow = 0;
  let held: (() => boolean) | undefined;

  const at: Timeline["at"] = (time, happen) =>
    heap.push({ at: Math.max(now, Math.round(time)), order: order++, happen });

  return {
    now: () => now,
    at,
    after: (ms, happen) => at(now + ms, happen),
    noise: (salt) => hashed(seed, now - begin, salt, drawnNow++),
    holdUntil: (isDone) => {
      held = isDone;
    },
    run: async (until, isEnough = () => false) => {
      for (let event = heap.pop(); event !== undefined && event.at < until && !isEnough(); event = heap.pop()) {
        if (order > MOST_EVENTS) throw new Error("This world never comes to rest.");
        if (event.at !== now) drawnNow = 0;
        now = event.at;
        event.happen();
        await settled();
        if (held !== undefined) await turnsUntil(held);
        held = undefined;
      }
      now = until;
    },
  };
}

/** Whatever goes on by itself has gone on: the queue of ticks is looked at only when that of microtasks is empty. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

async function turnsUntil(isDone: () => boolean): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS && !isDone(); turn++) await new Promise((resolve) => setImmediate(resolve));
}
