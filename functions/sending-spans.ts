import type { InvocationContext } from "@azure/functions";
import { type AppDeps, withLog } from "./invocation-log.ts";

const SECOND = 1_000;
/** How long an invocation that nobody waits for stays for its spans: instances go to sleep between invocations. */
export const UNATTENDED_PATIENCE = 2 * SECOND;
/** How long somebody who waits for an answer is kept waiting; the sending goes on after it. */
export const ATTENDED_PATIENCE = 100;

/** The handler, and after it the spans of what it did. Never changes what the handler gives or throws. */
export const sendingSpans =
  <Trigger, Result>(
    deps: AppDeps,
    patience: number,
    handler: (trigger: Trigger, context: InvocationContext) => Result | Promise<Result>,
  ) =>
  async (trigger: Trigger, context: InvocationContext): Promise<Result> => {
    try {
      return await handler(trigger, context);
    } finally {
      await deps.sendSpans?.(withLog(deps, context).log, patience);
    }
  };
