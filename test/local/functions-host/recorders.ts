import type { RegisteredFunction } from "../../../local/functions-host/core-module.ts";
import type { Invoker, TriggerInput } from "../../../local/functions-host/invoke.ts";
import { createLog, type Log } from "../../../local/functions-host/log.ts";

export const FUNCTION: RegisteredFunction = { name: "work", bindings: {}, handler: () => undefined };

/** A log that keeps its lines. */
export function recordLog(): { readonly log: Log; readonly lines: readonly string[] } {
  const lines: string[] = [];
  return { log: createLog((line) => lines.push(line.trimEnd()), {}, false), lines };
}

/** An invoker that keeps the input of each invocation. `run` resolves to false for an invocation that fails. */
export function recordInvocations(run: (input: TriggerInput) => Promise<boolean> = async () => true): {
  readonly invoker: Invoker;
  readonly inputs: readonly TriggerInput[];
} {
  const inputs: TriggerInput[] = [];
  return {
    inputs,
    invoker: {
      invoke: async (_fn, input) => {
        inputs.push(input);
        return (await run(input)) ? { succeeded: true, response: undefined } : { succeeded: false };
      },
      drained: async () => undefined,
    },
  };
}
