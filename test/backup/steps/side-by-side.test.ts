import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { inLanes } from "../../../backup/steps/reconcile.ts";

const numbers = (n: number): number[] => Array.from({ length: n }, (_, index) => index);

describe("working side by side", () => {
  it("takes every item once, in order of their start", async () => {
    const begun: number[] = [];
    await inLanes(4, numbers(25), async (item) => {
      begun.push(item);
      await turn();
    });
    expect(begun).toEqual(numbers(25));
  });

  it.each([
    [1, 10],
    [3, 10],
    [16, 5],
  ])("has at most %d of %d items at a time", async (lanes, items) => {
    let now = 0;
    let most = 0;
    await inLanes(lanes, numbers(items), async () => {
      most = Math.max(most, ++now);
      await turn();
      now--;
    });
    expect(most).toBe(Math.min(lanes, items));
    expect(now).toBe(0);
  });

  it("lets a slow item hold only its own lane", async () => {
    const slow = Promise.withResolvers<void>();
    const done: number[] = [];
    const allOthers = Promise.withResolvers<void>();
    const work = inLanes(2, numbers(10), async (item) => {
      if (item === 0) await slow.promise;
      done.push(item);
      if (done.length === 9) allOthers.resolve();
    });
    await allOthers.promise;
    expect(done.toSorted((a, b) => a - b)).toEqual(numbers(10).slice(1));
    slow.resolve();
    await work;
    expect(done).toHaveLength(10);
  });

  it("resolves at once where there is nothing to do, and leaves the list as it was", async () => {
    const items = numbers(3);
    await inLanes(2, [], () => Promise.reject(new Error("nothing was to be done")));
    await inLanes(2, items, () => turn());
    expect(items).toEqual([0, 1, 2]);
  });
});
