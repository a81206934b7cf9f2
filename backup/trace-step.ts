import type { EndedRun, Run, RunState, Trigger } from "./run.ts";

/** What a trace tells of a run. */
export type TracedRun = {
  readonly slot: string | null;
  readonly trigger: Trigger;
  readonly traceparent: string | null;
  readonly state?: RunState;
};

/** One step of a run: a span of its trace. */
export type Step = {
  readonly name: "start" | "follow" | "advance" | "tend";
  readonly hsm: string;
  readonly run: string;
  /** Number of the message that the step takes up; null where none woke it. */
  readonly seq: number | null;
  /** What is known before the step begins; else the first record that it reads tells. */
  readonly known?: TracedRun;
  /** Left out of the trace where it only read; kept in any case where not said otherwise. */
  readonly isKept?: "ifItWrote";
};

/** Traces of runs. Nothing here throws by itself, or makes anybody wait. */
export type Tracing = {
  /** Does the work as a span, and gives what it gives. */
  readonly step: <T>(step: Step, work: () => Promise<T>) => Promise<T>;
  /** A record as it stands in the ledger: the step that is under way learns its trace and state from it. */
  readonly noteRun: (run: Run) => void;
  /** The span of the whole run, at its end; may be told more than once. */
  readonly end: (run: EndedRun) => void;
};

/** Does a step of a run, as a span of the run's trace where runs are traced. */
export const inStep = <T>(
  { tracing }: { readonly tracing?: Tracing },
  step: Step,
  work: () => Promise<T>,
): Promise<T> => (tracing === undefined ? work() : tracing.step(step, work));

/** The step that takes a run on from where it stands. */
export const stepOf = (name: Step["name"], run: Run): Step => ({
  name,
  hsm: run.hsm,
  run: run.id,
  seq: run.seq,
  known: run,
});
