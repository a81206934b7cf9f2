import { availableParallelism } from "node:os";
import { MINUTE } from "../../backup/model/instant.ts";
import { type Measured, measure, NotMeasurable } from "./measure.ts";
import type { Mutation } from "./mutation.ts";
import { BadArguments, readArguments } from "./read-arguments.ts";
import { summaryOf, tableOf } from "./table.ts";

/** Longer than a survivor's worlds take; whatever takes longer runs in a circle. */
const LONGEST_SIMULATION = 20 * MINUTE;

const EVERY_ONE_CAUGHT = 0;
const SOME_SURVIVED = 1;
const NOT_MEASURED = 2;
const INTERRUPTED = 130;

export type RunOptions = {
  readonly project: string;
  readonly mutations: readonly Mutation[];
  readonly words: readonly string[];
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
};

/**
 * Measures the simulation by the mutants that it catches, and prints one line for each. Gives the exit code: 0 when every
 * one was caught, 1 when one survived, 2 when nothing could be measured, 130 when it was interrupted.
 */
export async function runMutants({ project, mutations, words, signal, print, complain }: RunOptions): Promise<number> {
  try {
    const wanted = readArguments(words, mutations);
    const table = tableOf(wanted.mutations.map(({ name }) => name));
    const report = (measured: Measured): void => print(wanted.isJson ? JSON.stringify(measured) : table.row(measured));
    const measured = await measure({
      project,
      mutations: wanted.mutations,
      seeds: wanted.seeds,
      lanes: availableParallelism(),
      limit: LONGEST_SIMULATION,
      signal,
      onClean: (seconds) => {
        complain(`Without any mutation: ${wanted.seeds} seeds, 0 violations, ${seconds.toFixed(1)} s.`);
        if (!wanted.isJson) print(table.head());
      },
      onMeasured: report,
    });
    const caught = measured.filter(({ outcome }) => outcome === "caught").length;
    print(wanted.isJson ? JSON.stringify({ mutants: measured.length, caught }) : summaryOf(measured));
    return caught === measured.length ? EVERY_ONE_CAUGHT : SOME_SURVIVED;
  } catch (thrown) {
    if (signal.aborted) return INTERRUPTED;
    if (!(thrown instanceof NotMeasurable || thrown instanceof BadArguments)) throw thrown;
    complain(thrown.message);
    return NOT_MEASURED;
  }
}
