import { randomBytes } from "node:crypto";

export type TraceContext = { readonly traceParent: string; readonly traceState?: string };

// W3C Trace Context: version 00, 16 bytes of trace, 8 bytes of parent, flags; all zeros are invalid.
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;
const SAMPLED = "01";
const SPAN_BYTES = 8;
const TRACE_BYTES = 16;

/** A span of its own for each invocation: in the caller's trace when there is a valid `traceparent`, else in a new one. */
export function traceContext(traceparent?: string, tracestate?: string): TraceContext {
  const caller = TRACEPARENT.exec(traceparent ?? "");
  const span = randomBytes(SPAN_BYTES).toString("hex");
  if (caller === null) return { traceParent: `00-${randomBytes(TRACE_BYTES).toString("hex")}-${span}-${SAMPLED}` };
  const traceParent = `00-${caller[1]}-${span}-${caller[2]}`;
  return tracestate === undefined ? { traceParent } : { traceParent, traceState: tracestate };
}
