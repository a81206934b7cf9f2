import { describe, expect, test } from "vitest";
import { onlyWord, readArguments } from "./arguments.ts";

const read = (line: string) => readArguments(line.split(" ").filter(Boolean), { workers: 2, randomSeed: 77 });

describe("the command line of the simulation", () => {
  test.each([
    ["", { seeds: 1_000, seed: 1, workers: 2, verbose: false, json: false, only: undefined, kinds: undefined }],
    ["--seeds 5 --seed 9 --workers 1 --verbose --json", { seeds: 5, seed: 9, workers: 1, verbose: true, json: true }],
    ["--only 3,17 --kinds crash,timeout", { only: new Set([3, 17]), kinds: new Set(["crash", "timeout"]) }],
    [`--seed random --only ${onlyWord([])}`, { seed: 77, only: new Set() }],
    [`--only ${onlyWord([3, 17])}`, { only: new Set([3, 17]) }],
  ])("%s is read", (line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });

  test.each([
    ["--seeds 0", "--seeds: expected a whole number from 1 to 1000000000, got 0"],
    ["--seed x", "--seed: expected a whole number from 1 to 1000000000, got x"],
    ["--only 3,,4", "--only: expected a whole number from 1 to 1000000000, got "],
    ["--kinds crash,rain", "got rain"],
    ["--sed 3", "'--sed'"],
  ])("%s is refused", (line, sentence) => {
    expect(() => read(line)).toThrow(sentence);
  });
});
