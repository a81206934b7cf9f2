import { FAULT_KINDS, type FaultKind } from "./facts.ts";

export type Arguments = {
  readonly seeds: number;
  readonly seed: number;
  readonly workers: number;
  readonly verbose: boolean;
  readonly json: boolean;
  readonly only: ReadonlySet<number> | undefined;
  readonly kinds: ReadonlySet<FaultKind> | undefined;
};

/** What is used where nothing is said, and where `--seed random` was. */
export type Usual = { readonly workers: number; readonly randomSeed: number };

const USUAL_SEEDS = 1_000;
const MOST = 1_000_000_000;
const NONE = "none";

/** Reads the command line. @throws Error with one clear sentence for whatever can't be understood */
export function readArguments(words: readonly string[], usual: Usual): Arguments {
  const rest = [...words];
  let read: Arguments = {
    seeds: USUAL_SEEDS,
    seed: 1,
    workers: usual.workers,
    verbose: false,
    json: false,
    only: undefined,
    kinds: undefined,
  };
  for (let option = rest.shift(); option !== undefined; option = rest.shift()) {
    const name = option;
    const value = (): string => {
      const word = rest.shift();
      if (word === undefined) throw new Error(`${name}: expected a value, got nothing`);
      return word;
    };
    switch (name) {
      case "--seeds":
        read = { ...read, seeds: wholeNumber(name, value()) };
        break;
      case "--seed": {
        const word = value();
        read = { ...read, seed: word === "random" ? usual.randomSeed : wholeNumber(name, word) };
        break;
      }
      case "--workers":
        read = { ...read, workers: wholeNumber(name, value()) };
        break;
      case "--only": {
        const word = value();
        read = { ...read, only: new Set(word === NONE ? [] : word.split(",").map((each) => wholeNumber(name, each))) };
        break;
      }
      case "--kinds":
        read = { ...read, kinds: new Set(value().split(",").map(faultKind)) };
        break;
      case "--verbose":
        read = { ...read, verbose: true };
        break;
      case "--json":
        read = { ...read, json: true };
        break;
      default:
        throw new Error(`expected --seeds, --seed, --only, --kinds, --workers, --verbose or --json, got ${name}`);
    }
  }
  return read;
}

/** `--only` for these faults, as `readArguments` reads it. */
export const onlyWord = (numbers: readonly number[]): string => (numbers.length === 0 ? NONE : numbers.join(","));

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
