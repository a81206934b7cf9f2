export type TimedEvent = { readonly at: number; readonly order: number; readonly happen: () => void };

export type EventHeap = {
  readonly push: (event: TimedEvent) => void;
  readonly pop: () => TimedEvent | undefined;
};

/** A binary heap: the earliest event comes first, and of two at the same time the one that was pushed first. */
export function eventHeap(): EventHeap {
  const heap: TimedEvent[] = [];
  return {
    push: (event) => {
      heap.push(event);
      rise(heap, event, heap.length - 1);
    },
    pop: () => {
      const first = heap[0];
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(heap, last);
      return first;
    },
  };
}

const isEarlier = (a: TimedEvent, b: TimedEvent): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function rise(heap: TimedEvent[], event: TimedEvent, from: number): void {
  let index = from;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || !isEarlier(event, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = event;
}

function sink(heap: TimedEvent[], event: TimedEvent): void {
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    if (left === undefined) break;
    const isRight = right !== undefined && isEarlier(right, left);
    const child = isRight ? right : left;
    if (!isEarlier(child, event)) break;
    heap[index] = child;
    index = 2 * index + (isRight ? 2 : 1);
  }
  heap[index] = event;
}
