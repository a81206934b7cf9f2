import { createHash, randomBytes } from "node:crypto";

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const ZEROS = /^0+$/;
const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;

/** Where the spans of one run belong: `root` is the span of the whole run, `parent` that of the trigger which started it. */
export type RunTrace = { readonly trace: string; readonly root: string; readonly parent: string | null };

/**
 * The trace of a run, computed from nothing but what its record keeps: whoever takes a step of it, on whatever instance,
 * hangs the step below the same root, also while nobody has told of the root yet. One trigger may start runs of many
 * HSMs, which then share its trace, so the root's id comes from the run.
 */
export function traceOf(hsm: string, run: string, traceparent: string | null): RunTrace {
  const [, trace = "", parent = ""] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  const root = digest(`span ${hsm} ${run}`, SPAN_DIGITS);
  if (trace === "" || ZEROS.test(trace) || ZEROS.test(parent)) {
    return { trace: digest(`trace ${hsm} ${run}`, TRACE_DIGITS), root, parent: null };
  }
  return { trace, root, parent };
}

/** Sixteen hexadecimal digits, never twice the same. */
export const newSpanId = (): string => randomBytes(SPAN_DIGITS / 2).toString("hex");

const digest = (text: string, digits: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, digits);
