import { expect, test } from "vitest";
import { randomStream } from "../random.ts";
import { eventHeap } from "./event-heap.ts";

const nothing = (): void => undefined;

test("events come out in the order of their times, and of the same time in the order in which they went in", () => {
  const heap = eventHeap();
  const random = randomStream(1, "times");
  const events = Array.from({ length: 500 }, (_, order) => ({ at: Math.floor(random() * 50), order, happen: nothing }));
  for (const event of events) heap.push(event);
  const popped = events.map(() => heap.pop());
  expect(popped).toEqual(events.toSorted((a, b) => a.at - b.at || a.order - b.order));
  expect(heap.pop()).toBeUndefined();
});

test("what is pushed between two events finds its place", () => {
  const heap = eventHeap();
  for (const at of [5, 1, 9]) heap.push({ at, order: at, happen: nothing });
  expect(heap.pop()?.at).toBe(1);
  heap.push({ at: 7, order: 10, happen: nothing });
  heap.push({ at: 2, order: 11, happen: nothing });
  expect([heap.pop(), heap.pop(), heap.pop(), heap.pop()].map((event) => event?.at)).toEqual([2, 5, 7, 9]);
});
