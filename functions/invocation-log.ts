import type { InvocationContext } from "@azure/functions";
import type { Deps } from "../backup/deps.ts";
import type { LogEvent } from "../backup/log-events.ts";

/** What the triggers work with: the product's dependencies without the log, which each invocation brings. */
export type AppDeps = Omit<Deps, "log">;

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

/** The W3C trace context of an invocation. */
export const traceparentOf = (context: InvocationContext): string | null => context.traceContext?.traceParent ?? null;
