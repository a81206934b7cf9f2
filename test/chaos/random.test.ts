import { expect, test } from "vitest";
import { makeRandom } from "./random.ts";

const row = (seed: number, name: string): readonly number[] => {
  const random = makeRandom(seed, name);
  return Array.from({ length: 1_000 }, () => random.share());
};

test("a seed and a name give the same choices every time, another seed or name gives others", () => {
  expect(row(7, "killer")).toEqual(row(7, "killer"));
  expect(row(7, "killer")).not.toEqual(row(8, "killer"));
  expect(row(7, "killer")).not.toEqual(row(7, "starter"));
});

test("choices are spread over their whole range and stay in it", () => {
  const shares = row(1, "any");
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
  expect(Math.min(...shares)).toBeLessThan(0.02);
  expect(Math.max(...shares)).toBeLessThan(1);
  expect(Math.max(...shares)).toBeGreaterThan(0.98);
  const { pick } = makeRandom(1, "picks");
  expect(new Set(Array.from({ length: 100 }, () => pick(["a", "b", "c"])))).toEqual(new Set(["a", "b", "c"]));
});
