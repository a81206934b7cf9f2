import { parseArgs } from "node:util";
import { FAULT_KINDS, type FaultKind } from "./faults/fault-kinds.ts";

export type Arguments = {
  readonly seeds: number;
  readonly seed: number;
  readonly workers: number;
  readonly verbose: boolean;
  readonly json: boolean;
  readonly only: ReadonlySet<number> | undefined;
  readonly kinds: ReadonlySet<FaultKind> | undefined;
};

/** What is used where an option is missing, and for `--seed random`. */
export type Usual = { readonly workers: number; readonly randomSeed: number };

const MOST = 1_000_000_000;
const NONE = "none";
const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const options = { seeds: text, seed: text, workers: text, only: text, kinds: text, verbose: flag, json: flag } as const;

/** Reads the command line. @throws Error with one clear sentence for whatever can't be understood */
export function readArguments(words: readonly string[], usual: Usual): Arguments {
  const { seeds, seed, workers, only, kinds, verbose, json } = parseArgs({ args: [...words], options }).values;
  return {
    seeds: wholeNumber("--seeds", seeds ?? "1000"),
    seed: seed === "random" ? usual.randomSeed : wholeNumber("--seed", seed ?? "1"),
    workers: wholeNumber("--workers", workers ?? String(usual.workers)),
    only: only === undefined ? undefined : new Set(only === NONE ? [] : only.split(",").map(faultNumber)),
    kinds: kinds === undefined ? undefined : new Set(kinds.split(",").map(faultKind)),
    verbose,
    json,
  };
}

/** `--only` for these faults, as `readArguments` reads it. */
export const onlyWord = (numbers: readonly number[]): string => (numbers.length === 0 ? NONE : numbers.join(","));

const faultNumber = (word: string): number => wholeNumber("--only", word);

function wholeNumber(name: string, word: string): number {
  const number = /^\d{1,10}$/.test(word) ? Number(word) : 0;
  if (number < 1 || number > MOST) throw new Error(`${name}: expected a whole number from 1 to ${MOST}, got ${word}`);
  return number;
}

function faultKind(word: string): FaultKind {
  const kind = FAULT_KINDS.find((each) => each === word);
  if (kind === undefined) throw new Error(`--kinds: expected kinds among ${FAULT_KINDS.join(", ")}; got ${word}`);
  return kind;
}
