import { hashed } from "../random.ts";
import { eventHeap } from "./event-heap.ts";

/** The world's own time in milliseconds since the epoch, and what happens when. */
export type Timeline = {
  readonly now: () => number;
  /** Runs `happen` at a time in whole milliseconds, or now if that time has passed. */
  readonly at: (time: number, happen: () => void) => void;
  /** The same, `ms` milliseconds from now. */
  readonly after: (ms: number, happen: () => void) => void;
  /**
   * A number from 0 to 1 for what is no fault: latencies, which host is chosen. It depends on seed, time and `salt` alone,
   * so that leaving out a fault changes nothing before it and little after it.
   */
  readonly noise: (salt: number) => number;
  /** Once: the next event waits until this holds, with turns of the event loop: reading a body may need some. */
  readonly holdUntil: (isDone: () => boolean) => void;
  /** Runs until that time, or until `isEnough`. False where the events never end. */
  readonly run: (until: number, isEnough?: () => boolean) => Promise<boolean>;
};

const MOST_TURNS = 1_000;
/** A world has some 10,000 events; one with this many is in an endless loop. */
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
        if (order > MOST_EVENTS) return false;
        if (event.at !== now) drawnNow = 0;
        now = event.at;
        event.happen();
        await settled();
        if (held !== undefined) await turnsUntil(held);
        held = undefined;
      }
      now = until;
      return true;
    },
  };
}

/** Resolves once no microtask is left: a tick scheduled by a microtask runs only when their queue is empty. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

async function turnsUntil(isDone: () => boolean): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS && !isDone(); turn++) await new Promise((resolve) => setImmediate(resolve));
}
