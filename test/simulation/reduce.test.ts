import { describe, expect, it } from "vitest";
import type { WorldReport } from "./facts.ts";
import { noFaults } from "./fault-book.ts";
import { MOST_REPLAYS, reduce } from "./reduce.ts";

const CHECK = "a start answered 202 is never lost";

const report = (struck: readonly number[], checks: readonly string[]): WorldReport => ({
  seed: 1,
  violations: checks.map((check) => ({ check, at: 0, what: "what" })),
  faults: noFaults(),
  struck,
  runs: 1,
  jobs: 1,
  mostMessages: { count: 0, run: "", fault: null },
  facts: [],
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** A world that fails whenever all of these faults strike. */
function world(needed: readonly number[], others: { readonly strike?: (only: readonly number[]) => number[] } = {}) {
  const replays: number[][] = [];
  const run = async (only: ReadonlySet<number>): Promise<WorldReport> => {
    const struck = others.strike?.([...only]) ?? [...only];
    replays.push([...only]);
    return report(struck, needed.every((number) => struck.includes(number)) ? [CHECK] : ["another check"]);
  };
  return { run, replays };
}

describe("reduce", () => {
  it("leaves those faults alone that are needed together", async () => {
    const { run } = world([3, 17, 40]);
    const reduced = await reduce(report(numbers(50), [CHECK]), run);
    expect(reduced.only.toSorted((a, b) => a - b)).toEqual([3, 17, 40]);
    expect(reduced.report.violations[0]?.check).toBe(CHECK);
  });

  it("finds one fault among hundreds with few replays", async () => {
    const { run, replays } = world([123]);
    expect((await reduce(report(numbers(400), [CHECK]), run)).only).toEqual([123]);
    expect(replays.length).toBeLessThan(30);
  });

  it("finds that no fault at all is needed", async () => {
    const { run, replays } = world([]);
    expect((await reduce(report(numbers(50), [CHECK]), run)).only).toEqual([]);
    expect(replays).toEqual([[]]);
  });

  it("counts only faults that struck in the replay", async () => {
    const { run } = world([3], { strike: (only) => only.filter((number) => number < 10) });
    expect((await reduce(report([3, 8, 12, 15], [CHECK]), run)).only).toEqual([3]);
  });

  it("keeps what it has when another check is all that still fails", async () => {
    const { run } = world([99]);
    const whole = report([1, 2], [CHECK, "another check"]);
    expect(await reduce(whole, run)).toEqual({ only: [1, 2], report: whole });
  });

  it("gives up after so many replays", async () => {
    const { run, replays } = world(numbers(200));
    const reduced = await reduce(report(numbers(200), [CHECK]), run);
    expect(reduced.only).toHaveLength(200);
    expect(replays.length).toBeLessThanOrEqual(MOST_REPLAYS);
  });

  it("has nothing to do for a world without violation", async () => {
    const { run, replays } = world([]);
    expect((await reduce(report([1, 2], []), run)).only).toEqual([1, 2]);
    expect(replays).toEqual([]);
  });
});
