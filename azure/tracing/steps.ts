import { AsyncLocalStorage } from "node:async_hooks";
import { millis } from "../../backup/instant.ts";
import type { EndedRun, Run } from "../../backup/run.ts";
import type { Step, TracedRun, Tracing } from "../../backup/trace-step.ts";
import type { CallSpan, Span } from "./span.ts";
import { newSpanId, traceOf } from "./trace-ids.ts";

/** A request as it is known before the trace that it belongs to. */
export type Call = Omit<CallSpan, "kind" | "trace" | "parent" | "id">;

type Scope = { readonly step: Step; run: TracedRun | undefined; readonly calls: Call[]; leftOut: number };

/** A step lists some thousands of blobs in as many requests as it takes; a trace needn't show each. */
const MOST_CALLS = 100;

/** The steps that are under way, each in the asynchronous context of its own work. */
export type Steps = Tracing & {
  /** Adds a request to the step in whose context it was made. */
  readonly addCall: (call: Call) => void;
  readonly isInStep: () => boolean;
};

/** @param keep takes a finished span. A span is handed over after those that it hangs below, so that no loss cuts a tree. */
export function traceSteps(now: () => Date, keep: (span: Span) => void): Steps {
  const scopes = new AsyncLocalStorage<Scope>();
  return {
    step: async (step, work) => {
      const scope: Scope = { step, run: step.known, calls: [], leftOut: 0 };
      const startedAt = now().getTime();
      let hasSucceeded = false;
      try {
        const done = await scopes.run(scope, work);
        hasSucceeded = true;
        return done;
      } finally {
        for (const span of spansOf(scope, startedAt, now().getTime(), hasSucceeded)) keep(span);
      }
    },
    noteRun: (run) => {
      const scope = scopes.getStore();
      if (scope !== undefined && scope.step.hsm === run.hsm && scope.step.run === run.id) scope.run = run;
    },
    end: (run) => keep(spanOfRun(run)),
    addCall: (call) => {
      const scope = scopes.getStore();
      if (scope === undefined) return;
      if (scope.calls.length < MOST_CALLS) scope.calls.push(call);
      else scope.leftOut += 1;
    },
    isInStep: () => scopes.getStore() !== undefined,
  };
}

/** The step and its calls; nothing for a step whose run nobody could read: the log tells of it. */
function spansOf(scope: Scope, startedAt: number, endedAt: number, hasSucceeded: boolean): readonly Span[] {
  const { step, run, calls, leftOut } = scope;
  if (run === undefined || (step.isKept === "ifItWrote" && !calls.some(isWrite))) return [];
  const { trace, root } = traceOf(step.hsm, step.run, run.traceparent);
  const id = newSpanId();
  const { hsm, seq } = step;
  const { slot, trigger, state = null } = run;
  const attributes = { hsm, run: step.run, seq, slot, trigger, state, ...(leftOut > 0 && { callsLeftOut: leftOut }) };
  const outcome = hasSucceeded ? (state ?? "done") : "failed";
  return [
    { kind: "step", trace, id, parent: root, name: step.name, startedAt, endedAt, hasSucceeded, outcome, attributes },
    ...calls.map((call) => ({ ...call, kind: "call" as const, trace, id: newSpanId(), parent: id })),
  ];
}

const READS: readonly unknown[] = ["GET", "HEAD"];
// A token is a read as well.
const isWrite = ({ service, attributes }: Call): boolean =>
  service !== "identity" && !READS.includes(attributes.method ?? null);

/** The root: told at least once, when the run has ended, from what its record knows. */
function spanOfRun(run: EndedRun): Span {
  const { trace, root, parent } = traceOf(run.hsm, run.id, run.traceparent);
  return {
    kind: "run",
    trace,
    id: root,
    parent,
    name: `backup ${run.hsm}`,
    startedAt: millis(run.startedAt),
    endedAt: millis(run.endedAt),
    hasSucceeded: run.state === "Succeeded",
    outcome: run.state,
    attributes: { ...idsOf(run), ...endOf(run) },
  };
}

const idsOf = ({ hsm, id, seq, slot, trigger, state }: Run) => ({ hsm, run: id, seq, slot, trigger, state });

const endOf = (run: EndedRun) => ({
  jobId: run.jobId,
  container: run.container,
  followUps: run.followUps,
  attempts: run.attempts.length,
  ...(run.state === "Succeeded" ? { blobCount: run.blobCount, bytes: run.bytes } : { code: run.error.code }),
});
