import { applyMutation, DoesNotApply, mutatedFile } from "./apply-mutation.ts";
import { type Copies, copiesOf } from "./copies.ts";
import type { Mutation } from "./mutation.ts";
import { FIRST_SEED, runSimulation, type Simulated } from "./run-simulation.ts";

/** What became of one mutant. `seeds`: how many worlds it took, or how many it survived. */
export type Measured = {
  readonly mutant: string;
  readonly outcome: "caught" | "survived" | "broken";
  readonly checks: readonly string[];
  readonly seeds: number | null;
  readonly seconds: number;
  /** What was seen first, or why nothing could be. */
  readonly what: string;
};

/** Nothing can be measured: the source without any mutation fails, or the list isn't one of this source. */
export class NotMeasurable extends Error {
  override readonly name = "NotMeasurable";
}

export type MeasureOptions = {
  readonly project: string;
  readonly mutations: readonly Mutation[];
  /** So many worlds a mutant must survive to be called a survivor. */
  readonly seeds: number;
  /** Mutants side by side. */
  readonly lanes: number;
  /** Milliseconds that one simulation may take. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly onClean: (seconds: number) => void;
  readonly onMeasured: (measured: Measured) => void;
};

/**
 * Simulates the project as it is, then each mutant of it, several side by side, each in a copy of its own that is removed
 * afterwards. Reports each as it is done, and gives all in the order of the list.
 * @throws NotMeasurable; the signal's reason when aborted, when everything has been stopped and removed
 */
export async function measure(options: MeasureOptions): Promise<readonly Measured[]> {
  const { project, mutations, signal } = options;
  await refuseWhatDoesNotApply(project, mutations);
  const copies = await copiesOf(project);
  // The first failure stops the others: their copies are removed once no process uses them.
  const failure = new AbortController();
  const ends = AbortSignal.any([signal, failure.signal]);
  try {
    await refuseUnlessClean(copies, options);
    const measured = new Map<Mutation, Measured>();
    const waiting = [...mutations];
    const lane = async (): Promise<void> => {
      for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
        const result = await measureOne(copies, mutation, { ...options, signal: ends });
        measured.set(mutation, result);
        options.onMeasured(result);
      }
    };
    const stopAll = (thrown: unknown): never => {
      failure.abort(thrown);
      throw thrown;
    };
    const lanes = Array.from({ length: options.lanes }, () => lane().catch(stopAll));
    const ended = await Promise.allSettled(lanes);
    const refused = ended.find((each) => each.status === "rejected");
    if (refused !== undefined) throw refused.reason;
    return mutations.flatMap((mutation) => measured.get(mutation) ?? []);
  } finally {
    await copies.removeAll();
  }
}

async function refuseWhatDoesNotApply(project: string, mutations: readonly Mutation[]): Promise<void> {
  const problems: string[] = [];
  for (const mutation of mutations) {
    try {
      await mutatedFile(project, mutation);
    } catch (thrown) {
      if (!(thrown instanceof DoesNotApply)) throw thrown;
      problems.push(thrown.message);
    }
  }
  if (problems.length > 0) throw new NotMeasurable(problems.join("\n"));
}

async function refuseUnlessClean(copies: Copies, options: MeasureOptions): Promise<void> {
  const began = performance.now();
  const copy = await copies.make();
  const simulated = await runSimulation(copy, { ...options, workers: options.lanes });
  await copies.remove(copy);
  if (simulated.outcome !== "clean")
    throw new NotMeasurable(`The source fails without any mutation: ${wordsOf(simulated)}`);
  options.onClean(secondsSince(began));
}

async function measureOne(copies: Copies, mutation: Mutation, options: MeasureOptions): Promise<Measured> {
  const began = performance.now();
  const copy = await copies.make();
  await applyMutation(copy, mutation);
  const simulated = await runSimulation(copy, { ...options, workers: 1 });
  await copies.remove(copy);
  const measured = { mutant: mutation.name, seconds: secondsSince(began), what: wordsOf(simulated) };
  switch (simulated.outcome) {
    case "violated":
      return { ...measured, outcome: "caught", checks: simulated.checks, seeds: simulated.seed - FIRST_SEED + 1 };
    case "clean":
      return { ...measured, outcome: "survived", checks: [], seeds: simulated.seeds };
    case "broken":
      return { ...measured, outcome: "broken", checks: [], seeds: null };
  }
}

const secondsSince = (began: number): number => (performance.now() - began) / 1_000;

function wordsOf(simulated: Simulated): string {
  switch (simulated.outcome) {
    case "clean":
      return `${simulated.seeds} seeds without a violation`;
    case "violated":
      return `seed ${simulated.seed}: ${simulated.what}`;
    case "broken":
      return `the simulation itself failed: ${simulated.problem}`;
  }
}
