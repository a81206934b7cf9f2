import { describe, expect, it } from "vitest";
import type { CoverageAnswer } from "../../../../backup/model/views/coverage-view.ts";
import { cellDay, cellsOf } from "../../../../desk/page/view/cells.ts";
import { chartOf, HEIGHT, WIDTH } from "../../../../desk/page/view/chart.ts";
import { NOW, slotsOf } from "../samples.ts";

type Slot = CoverageAnswer["slots"][number];
const slot = (at: string, changed: Partial<Slot>): Slot => ({
  slot: at,
  state: "covered",
  run: "20261130T020000Z-1-aaaaaaaa",
  failures: 0,
  isRunning: false,
  seconds: 672,
  bytes: 48_200_000,
  ...changed,
});
const TODAY = "2026-11-30T02:00:00.000Z";
const FAILED = { state: "failed", seconds: null, bytes: null } as const;

describe("a day of the grid", () => {
  it.each<[string, Partial<Slot>, string]>([
    ["covered", {}, "covered: 11 min, 48.2 MB"],
    ["recovered", { failures: 2 }, "covered after 2 failed tries: 11 min, 48.2 MB"],
    ["covered", { seconds: null, bytes: null }, "covered"],
    ["failed", { ...FAILED, failures: 3 }, "not covered: 3 failed tries"],
    ["failed", { ...FAILED, failures: 1, isRunning: true }, "not covered: 1 failed try, another runs"],
    ["missed", { state: "missed" }, "not covered: no backup was tried"],
    ["running", { state: "notDue", isRunning: true }, "a backup runs"],
    ["notDue", { state: "notDue" }, "not due yet"],
  ])("looks %s", (look, changed, words) => {
    expect(cellsOf([slot(TODAY, changed)], NOW, 1)).toMatchObject([{ day: "2026-11-30", look, words }]);
  });

  it("looks as its worst slot, with that slot's run", () => {
    const slots = [
      slot("2026-11-30T08:00:00.000Z", {}),
      slot("2026-11-30T06:00:00.000Z", { ...FAILED, failures: 1, run: "the-failed-one" }),
      slot("2026-11-30T04:00:00.000Z", { failures: 1 }),
      slot("2026-11-30T10:00:00.000Z", { state: "notDue" }),
    ];
    expect(cellsOf(slots, NOW, 1)).toMatchObject([
      { look: "failed", run: "the-failed-one", words: "2 of 3 slots covered; 06:00 UTC: not covered: 1 failed try" },
    ]);
  });

  it("is one of the last 90, oldest first, the days without a slot among them", () => {
    const cells = cellsOf([slot(TODAY, {}), slot("2026-11-28T02:00:00.000Z", {})], NOW, 90);
    expect(cells).toHaveLength(90);
    expect(cells[0]?.day).toBe("2026-09-02");
    expect(cells.slice(-3).map(({ look }) => look)).toEqual(["covered", "notDue", "covered"]);
    expect(cells.slice(-2).map((cell) => cellDay(cell, NOW))).toEqual(["yesterday", "today"]);
  });
});

describe("a chart", () => {
  it("is interrupted where a slot has no success, and stays inside its frame", () => {
    const chart = chartOf(slotsOf(1, { 10: { state: "failed", failures: 1 } }), "seconds");
    expect(chart?.lines.map((line) => line.split(" ").length)).toEqual([79, 10]);
    const points = chart?.lines.flatMap((line) => line.split(" ").map((point) => point.split(",").map(Number))) ?? [];
    expect(points[0]?.[0]).toBe(0);
    expect(points.at(-1)?.[0]).toBe(WIDTH);
    for (const [x = -1, y = -1] of points) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(HEIGHT);
    }
  });

  it("says what is usual: eight of ten values are in between", () => {
    const slots = Array.from({ length: 11 }, (_, index) =>
      slot(`2026-11-${30 - index}T02:00:00.000Z`, { bytes: (index + 1) * 100 }),
    );
    expect(chartOf(slots, "bytes")).toMatchObject({ newest: 100, usual: [200, 1_000] });
  });

  it("is flat, not noise, where values hardly differ, and is left out with fewer than two", () => {
    const two = [slot(TODAY, { seconds: 101 }), slot("2026-11-29T02:00:00.000Z", { seconds: 100 })];
    const ys =
      chartOf(two, "seconds")
        ?.lines.join(" ")
        .split(" ")
        .map((point) => Number(point.split(",")[1])) ?? [];
    expect(Math.abs((ys[0] ?? 0) - (ys[1] ?? 0))).toBeLessThan(3);
    expect(chartOf(two.slice(1), "seconds")).toBeUndefined();
    expect(chartOf([], "bytes")).toBeUndefined();
  });
});
