import { expect, test } from "vitest";
import type { WorldReport } from "./check.ts";
import { noFaults } from "./faults/fault-book.ts";
import { MOST_REPLAYS, reduce } from "./reduce.ts";

const report = (struck: readonly number[], check: string): WorldReport => ({
  ...{ seed: 1, violations: [{ check, at: 0, what: "what" }], faults: noFaults(), struck },
  ...{ runs: 1, jobs: 1, mostMessages: { count: 0, run: "" }, facts: [] },
});
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Reduces a world that fails whenever all faults of `needed` strike. */
async function reduceTo(needed: readonly number[], struck: readonly number[]) {
  let replays = 0;
  const reduced = await reduce(report(struck, "a check"), async (only) => {
    replays++;
    const isFailing = needed.every((number) => only.has(number));
    return report([...only], isFailing ? "a check" : "another check");
  });
  return { only: reduced.only.toSorted((a, b) => a - b), replays };
}

test.each([
  ["keeps those faults that are needed together", [3, 17, 40], 50, MOST_REPLAYS],
  ["finds one fault among hundreds with few replays", [123], 400, 30],
  ["finds that no fault is needed", [], 50, 1],
])("reducing a failing world %s", async (_what, needed, count, most) => {
  const { only, replays } = await reduceTo(needed, numbers(count));
  expect(only).toEqual(needed);
  expect(replays).toBeLessThanOrEqual(most);
});

test("reducing keeps all faults where fewer never fail, and gives up after so many replays", async () => {
  expect((await reduceTo([99], [1, 2])).only).toEqual([1, 2]);
  const all = await reduceTo(numbers(600), numbers(600));
  expect(all.only).toHaveLength(600);
  expect(all.replays).toBeLessThanOrEqual(MOST_REPLAYS);
});
