import { expect, test } from "vitest";
import { readPlan } from "./plan.ts";

test("a plan without options is the short one, with the seed that was made for it", () => {
  const plan = { runs: 12, kills: 6, hsms: 4, hosts: 2, minutes: 15, seed: 5 };
  expect(readPlan([], 5)).toEqual({ plan });
});

test("every option is taken, and half as many kills as runs are wanted", () => {
  const args = ["--runs", "200", "--hsms", "50", "--hosts", "3", "--minutes", "7.5", "--seed", "42"];
  const plan = { runs: 200, kills: 100, hsms: 50, hosts: 3, minutes: 7.5, seed: 42 };
  expect(readPlan(args, 5)).toEqual({ plan });
});

test.each([
  [["--runs", "0"], "--runs"],
  [["--runs", "many"], "--runs"],
  [["--hsms", "2.5"], "--hsms"],
  [["--hosts", "11"], "--hosts"],
  [["--minutes", ""], "--minutes"],
  [["--seed", "-1"], "--seed"],
  [["--victims", "1"], "--victims"],
  [["twelve"], "twelve"],
])("%j is refused by name, with the usage", (args, name) => {
  const read = readPlan(args, 5);
  expect(read).toHaveProperty("problem", expect.stringContaining(name));
  expect(read).toHaveProperty("problem", expect.stringContaining("npm run chaos"));
});
