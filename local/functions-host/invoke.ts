import { randomUUID } from "node:crypto";
import type { LoadedApp } from "./app-loader.ts";
import type { RegisteredFunction } from "./core-module.ts";
import type { Log } from "./log.ts";
import { parseLogLevel } from "./log-level.ts";
import type { InvocationRequest, TypedData } from "./rpc.ts";

export type TriggerInput = {
  readonly binding: string;
  readonly data: TypedData;
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
};

/** `response` is the library's RPC response; a failure has been logged when it gets here. */
export type Outcome = { readonly succeeded: true; readonly response: unknown } | { readonly succeeded: false };

export type Invoker = {
  readonly invoke: (fn: RegisteredFunction, input: TriggerInput) => Promise<Outcome>;
  /** Resolves when no invocation is running. */
  readonly drained: () => Promise<void>;
};

export type InvokerOptions = {
  readonly functionTimeoutMs: number | undefined;
  /** Called when an invocation has run longer than `functionTimeoutMs`: a real host kills the worker with all invocations. */
  readonly onTimeout: (functionName: string, invocationId: string) => void;
};

/** Runs functions the way the Node worker does: arguments, hooks, handler and response are the library's business. */
export function createInvoker(app: LoadedApp, log: Log, options: InvokerOptions): Invoker {
  const running = new Set<Promise<Outcome>>();

  const run = async (fn: RegisteredFunction, input: TriggerInput): Promise<Outcome> => {
    const invocationId = randomUUID();
    const timer =
      options.functionTimeoutMs === undefined
        ? undefined
        : setTimeout(() => options.onTimeout(fn.name, invocationId), options.functionTimeoutMs);
    try {
      return { succeeded: true, response: await callWorker(app, log, fn, toRequest(fn, invocationId, input)) };
    } catch (error) {
      const message = `Executed 'Functions.${fn.name}' (Failed): ${describe(error)}`;
      log.invocation({ level: "error", category: `Function.${fn.name}`, invocationId, message });
      return { succeeded: false };
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    invoke: (fn, input) => {
      const invocation = run(fn, input);
      running.add(invocation);
      return invocation.finally(() => running.delete(invocation));
    },
    drained: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

const toRequest = (fn: RegisteredFunction, invocationId: string, input: TriggerInput): InvocationRequest => ({
  invocationId,
  functionId: fn.name,
  inputData: [{ name: input.binding, data: input.data }],
  triggerMetadata: input.triggerMetadata,
});

async function callWorker(
  app: LoadedApp,
  log: Log,
  fn: RegisteredFunction,
  request: InvocationRequest,
): Promise<unknown> {
  const core = coreContext(app, log, fn, request);
  const model = await app.programmingModel.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();

  const hookData = {};
  const appHookData = {};
  const before = { hookData, appHookData, invocationContext: context, functionCallback: fn.handler, inputs };
  core.state = "preInvocationHooks";
  await app.hooks.run("preInvocation", before);

  core.state = "invocation";
  const ended = await settle(model.invokeFunction(context, before.inputs, before.functionCallback));

  const after = { hookData, appHookData, invocationContext: context, inputs: before.inputs, ...ended };
  core.state = "postInvocationHooks";
  await app.hooks.run("postInvocation", after);
  core.state = undefined;

  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}

type CoreContext = {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: { readonly name: string; readonly bindings: RegisteredFunction["bindings"] };
  /** The library asks for it, to warn of a log call that came after the function's end. */
  state: "preInvocationHooks" | "invocation" | "postInvocationHooks" | undefined;
  readonly log: (level: unknown, category: unknown, message: unknown) => void;
};

function coreContext(app: LoadedApp, log: Log, fn: RegisteredFunction, request: InvocationRequest): CoreContext {
  return {
    invocationId: request.invocationId,
    request,
    metadata: { name: fn.name, bindings: fn.bindings },
    state: undefined,
    log: (level, category, message) => {
      const line = { level: parseLogLevel(level) ?? "information", message: String(message), category, hookData: {} };
      if (category === "user") app.hooks.runNow("log", line);
      log.invocation({
        level: line.level,
        category: category === "user" ? `Function.${fn.name}.User` : `Function.${fn.name}`,
        invocationId: request.invocationId,
        message: line.message,
      });
    },
  };
}

type Ended = { result: unknown; error: unknown };

const settle = (call: Promise<unknown>): Promise<Ended> =>
  call.then(
    (result) => ({ result, error: null }),
    (error: unknown) => ({ result: null, error: error ?? new Error("Unknown error") }),
  );

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
