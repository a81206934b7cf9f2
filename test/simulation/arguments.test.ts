import { describe, expect, test } from "vitest";
import { onlyWord, readArguments } from "./arguments.ts";

const USUAL = { workers: 2, randomSeed: 77 };
const read = (line: string) => readArguments(line.split(" ").filter(Boolean), USUAL);

describe("the command line of the simulation", () => {
  test("without a word, 1,000 seeds from 1 are run on all cores", () => {
    expect(read("")).toEqual({
      seeds: 1_000,
      seed: 1,
      workers: 2,
      verbose: false,
      json: false,
      only: undefined,
      kinds: undefined,
    });
  });

  test("every option is read", () => {
    const line = "--seeds 5 --seed 9 --workers 1 --only 3,17,20 --kinds crash,timeout --verbose --json";
    expect(read(line)).toEqual({
      seeds: 5,
      seed: 9,
      workers: 1,
      verbose: true,
      json: true,
      only: new Set([3, 17, 20]),
      kinds: new Set(["crash", "timeout"]),
    });
  });

  test("a random seed is the one that was drawn", () => {
    expect(read("--seed random").seed).toBe(77);
  });

  test.each([[[]], [[4]], [[3, 17, 20]]])("the faults %j are read as they are printed", (numbers) => {
    expect(read(`--only ${onlyWord(numbers)}`).only).toEqual(new Set(numbers));
  });

  test.each([
    ["--seeds", "--seeds: expected a value, got nothing"],
    ["--seeds 0", "--seeds: expected a whole number from 1 to 1000000000, got 0"],
    ["--seed x", "--seed: expected a whole number from 1 to 1000000000, got x"],
    ["--only 3,,4", "--only: expected a whole number from 1 to 1000000000, got "],
    ["--kinds crash,rain", "got rain"],
    ["--sed 3", "expected --seeds, --seed, --only, --kinds, --workers, --verbose or --json, got --sed"],
  ])("%s is refused with one clear sentence", (line, sentence) => {
    expect(() => read(line)).toThrow(sentence);
  });
});
