import type { Measured } from "./measure.ts";

const NUMBER_WIDTH = 7;

/** The lines of a table that is printed while it grows. */
export type Table = { readonly head: () => string; readonly row: (measured: Measured) => string };

export function tableOf(names: readonly string[]): Table {
  const width = Math.max(...names.map(({ length }) => length), "mutant".length);
  const line = (mutant: string, seeds: string, seconds: string, rest: string): string =>
    `${mutant.padEnd(width)}  ${seeds.padStart(NUMBER_WIDTH)}  ${seconds.padStart(NUMBER_WIDTH)}  ${rest}`;
  return {
    head: () => line("mutant", "seeds", "seconds", "caught by"),
    row: ({ mutant, outcome, checks, seeds, seconds, what }) => {
      const found = outcome === "caught" ? checks.join("; ") : `${outcome.toUpperCase()}: ${what}`;
      return line(mutant, seeds === null ? "-" : String(seeds), seconds.toFixed(1), found);
    },
  };
}

/** The last line: `27 mutants, 27 caught`. */
export const summaryOf = (all: readonly Measured[]): string =>
  `${all.length} mutants, ${all.filter(({ outcome }) => outcome === "caught").length} caught`;
