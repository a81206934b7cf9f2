import { describe, expect, test } from "vitest";
import { drawShape } from "../world/shape.ts";
import { type FaultFilter, faultBook } from "./fault-book.ts";
import type { FaultKind } from "./fault-kinds.ts";
import { drawPlan, type PlannedFault } from "./fault-plan.ts";

const KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>(["callFails", "crash"]);
const planned = (number: number, kind: FaultKind, at: number): PlannedFault => ({
  number,
  kind,
  at,
  sizes: [0, 0, 0, 0],
});
const PLAN = [
  planned(1, "callFails", 100),
  planned(2, "timeout", 150),
  planned(3, "crash", 200),
  planned(4, "callFails", 300),
];

function bookAt(now: number, filter: FaultFilter = {}) {
  const book = faultBook(PLAN, { ...filter, now: () => now, onStrike: () => undefined });
  const take = (fits: (fault: PlannedFault) => boolean = () => true, lapses?: number): number | undefined =>
    book.take(KINDS, { what: () => "here", fits, ...(lapses && { lapses }) })?.number;
  return { book, take };
}

describe("the book of faults", () => {
  test("gives each fault once, from its time on, and lets those pass that don't fit", () => {
    expect(bookAt(99).take()).toBeUndefined();
    const { book, take } = bookAt(200);
    expect([take(({ kind }) => kind === "crash"), take(), take()]).toEqual([3, 1, undefined]);
    expect([book.struck(), book.counts().crash, book.counts().freeze]).toEqual([[3, 1], 1, 0]);
  });

  test("gives none that waited for too long, that is left out, or that comes when it is closed", () => {
    expect(bookAt(205).take(() => true, 100)).toBe(3);
    expect(bookAt(400, { only: new Set([4]) }).take()).toBe(4);
    expect(bookAt(400, { kinds: new Set(["crash"]) }).take()).toBe(3);
    const { book, take } = bookAt(400);
    book.close();
    expect(take()).toBeUndefined();
  });
});

test("the plan of faults is numbered in time, and one kind beside another shifts only its numbers", () => {
  const shape = drawShape(1);
  const alone = drawPlan(1, shape, new Map([["crash", 5]]));
  const both = drawPlan(1, shape, new Map([["crash", 5] as const, ["timeout", 9] as const]));
  const crashes = both.filter(({ kind }) => kind === "crash");
  expect(alone.length).toBeGreaterThan(5);
  expect(crashes.map(({ at, sizes }) => ({ at, sizes }))).toEqual(alone.map(({ at, sizes }) => ({ at, sizes })));
  expect(both.map(({ number }) => number)).toEqual(both.map((_, index) => index + 1));
  expect(both.every(({ at }, index) => at >= (both[index - 1]?.at ?? shape.begin) && at < shape.faultsStopAt)).toBe(
    true,
  );
});
