import { describe, expect, test } from "vitest";
import type { FaultKind } from "./facts.ts";
import { type FaultFilter, faultBook } from "./fault-book.ts";
import { drawPlan, type PlannedFault } from "./fault-plan.ts";
import { drawShape } from "./shape.ts";

const CALLS = new Set<FaultKind>(["callFails", "crash"]);
const sizes = [0, 0, 0, 0] as const;
const PLAN: readonly PlannedFault[] = [
  { number: 1, kind: "callFails", at: 100, sizes },
  { number: 2, kind: "jobLost", at: 110, sizes },
  { number: 3, kind: "crash", at: 120, sizes },
  { number: 4, kind: "callFails", at: 300, sizes },
];

function bookAt(start: number, filter: FaultFilter = {}) {
  let now = start;
  const told: string[] = [];
  const book = faultBook(PLAN, {
    ...filter,
    now: () => now,
    told: ({ number }, what) => told.push(`${number} ${what}`),
  });
  const takeNumber = (fits: (fault: PlannedFault) => boolean = () => true, lapses?: number): number | undefined =>
    book.take(CALLS, fits, () => "here", lapses)?.number;
  const passTo = (time: number): void => {
    now = time;
  };
  return { book, told, takeNumber, passTo };
}

describe("the book of faults", () => {
  test("gives a fault once, from its time on, and tells it", () => {
    const { book, told, takeNumber, passTo } = bookAt(99);
    expect(takeNumber()).toBeUndefined();
    passTo(100);
    expect([takeNumber(), takeNumber()]).toEqual([1, undefined]);
    expect(told).toEqual(["1 here"]);
    expect(book.struck()).toEqual([1]);
    expect(book.counts()).toMatchObject({ callFails: 1, crash: 0 });
    expect(book.newest()).toBe("callFails");
  });

  test("a fault that doesn't fit waits, and lets others by", () => {
    const { takeNumber } = bookAt(200);
    expect(takeNumber(({ kind }) => kind === "crash")).toBe(3);
    expect(takeNumber()).toBe(1);
  });

  test("a fault that found no occasion for too long strikes no more", () => {
    const { takeNumber } = bookAt(205);
    expect(takeNumber(() => true, 100)).toBe(3);
    expect(takeNumber(() => true)).toBeUndefined();
  });

  test("only those that may take effect do, under their own numbers", () => {
    expect(bookAt(400, { only: new Set([4]) }).takeNumber()).toBe(4);
    expect(bookAt(400, { kinds: new Set(["crash"]) }).takeNumber()).toBe(3);
    expect(bookAt(400, { only: new Set() }).takeNumber()).toBeUndefined();
  });

  test("nothing strikes once it is closed", () => {
    const { book, takeNumber } = bookAt(400);
    book.close();
    expect([takeNumber(), book.isOpen()]).toEqual([undefined, false]);
  });
});

describe("the plan of faults", () => {
  const shape = drawShape(1);

  test("another kind beside it shifts no fault of a kind, only its number", () => {
    const alone = drawPlan(1, shape, new Map([["crash", 5]]));
    const both = drawPlan(
      1,
      shape,
      new Map([
        ["crash", 5],
        ["timeout", 9],
      ]),
    );
    const unnumbered = (plan: readonly PlannedFault[]) => plan.map(({ number: _number, ...fault }) => fault);
    expect(alone.length).toBeGreaterThan(5);
    expect(unnumbered(both.filter(({ kind }) => kind === "crash"))).toEqual(unnumbered(alone));
  });

  test("is numbered in the order of time, within the time of faults", () => {
    const plan = drawPlan(3, shape, new Map([["freeze", 20]]));
    expect(plan.map(({ number }) => number)).toEqual(plan.map((_, index) => index + 1));
    expect(plan).toEqual(plan.toSorted((a, b) => a.at - b.at));
    expect(plan.every(({ at }) => at >= shape.begin && at < shape.faultsStopAt)).toBe(true);
  });
});
