import { parseArgs } from "node:util";
import type { Mutation } from "./mutation.ts";

const USUAL_SEEDS = 1_500;
const MOST_SEEDS = 10_000_000;

export type Arguments = {
  readonly seeds: number;
  readonly mutations: readonly Mutation[];
  readonly isJson: boolean;
};

/** Words of the command line that make no sense. */
export class BadArguments extends Error {
  override readonly name = "BadArguments";
}

/** `[--seeds N] [--only name,name] [--json]`. A name is a mutant's own, or a part that several may share. @throws BadArguments */
export function readArguments(words: readonly string[], all: readonly Mutation[]): Arguments {
  const { seeds, only, json } = parse(words);
  const mutations =
    only === undefined ? all : all.filter(({ name }) => partsOf(only).some((part) => name.includes(part)));
  const unknown = partsOf(only ?? "").filter((part) => !all.some(({ name }) => name.includes(part)));
  if (unknown.length > 0)
    throw new BadArguments(`--only: no mutant is named ${unknown.map((part) => `"${part}"`).join(" or ")}.`);
  if (mutations.length === 0) throw new BadArguments("--only: expected names of mutants with commas between them.");
  return { seeds: readSeeds(seeds), mutations, isJson: json === true };
}

// A comma within a name is followed by a space, one between names isn't.
const partsOf = (only: string): readonly string[] =>
  only
    .split(/,(?! )/)
    .map((part) => part.trim())
    .filter((part) => part !== "");

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { seeds: { type: "string" }, only: { type: "string" }, json: { type: "boolean" } },
    }).values;
  } catch (cause) {
    throw new BadArguments(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readSeeds(text: string | undefined): number {
  if (text === undefined) return USUAL_SEEDS;
  const seeds = /^\d+$/.test(text) ? Number(text) : 0;
  if (seeds < 1 || seeds > MOST_SEEDS)
    throw new BadArguments(`--seeds: expected a whole number from 1, got ${JSON.stringify(text)}.`);
  return seeds;
}
