import type { InvocationContext } from "@azure/functions";
import type { SendSpans } from "../azure/tracing/send-spans.ts";
import type { Deps } from "../backup/deps.ts";
import type { LogEvent } from "../backup/log-events.ts";

/** What the triggers work with: the product's dependencies without the log, which each invocation brings. */
export type AppDeps = Omit<Deps, "log"> & { readonly sendSpans?: SendSpans };

/** The dependencies with the log of one invocation: one line of JSON per event, at its level. */
export const withLog = (deps: AppDeps, context: InvocationContext): Deps => ({ ...deps, log: logTo(context) });

const logTo =
  (context: InvocationContext) =>
  (event: LogEvent): void => {
    const line = JSON.stringify(event);
    if (event.level === "error") context.error(line);
    else if (event.level === "warning") context.warn(line);
    else context.info(line);
  };

// https://www.w3.org/TR/trace-context/#traceparent-header
const TRACEPARENT = /^[0-9a-f]{2}(-[0-9a-f]{32})(-[0-9a-f]{16})-[0-9a-f]{2}$/;

/** The W3C trace context of an invocation; null where the host gives none, or another text: it is kept for years. */
export function traceparentOf({ traceContext }: InvocationContext): string | null {
  const traceparent = traceContext?.traceParent ?? null;
  return traceparent !== null && TRACEPARENT.test(traceparent) ? traceparent : null;
}
