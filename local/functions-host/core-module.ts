import Module from "node:module";
import { createHooks, type Hooks } from "./hooks.ts";
import { isRecord } from "./is-record.ts";
import type { Log } from "./log.ts";
import { parseLogLevel } from "./log-level.ts";

export type Handler = (...inputs: readonly unknown[]) => unknown;

export type RegisteredFunction = {
  readonly name: string;
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly handler: Handler;
};

/** What the library inside the app does for one invocation: arguments from RPC, the call, an RPC response. */
export type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: Handler): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<unknown>;
};

export type ProgrammingModel = {
  getInvocationModel(coreContext: unknown): InvocationModel | Promise<InvocationModel>;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
};

export type CoreModule = {
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  readonly hooks: Hooks;
  readonly programmingModel: () => ProgrammingModel | undefined;
  /** After this call, a registration fails. */
  readonly finishStartup: () => void;
};

const CORE_MODULE = "@azure/functions-core";
// A host that the library takes for new enough to have every feature it asks about.
const HOST_VERSION = "4.1037.0";
const WORKER_VERSION = "3.10.0";

/**
 * Makes `require("@azure/functions-core")` answer with this host, as the Node worker does: the module exists nowhere but
 * in a running worker, and the library asks for it when the app registers its first function.
 */
export function provideCoreModule(log: Log): CoreModule {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = createHooks();
  let model: ProgrammingModel | undefined;
  let hasStarted = false;

  const registerFunction = (metadata: unknown, handler: unknown): unknown => {
    const fn = parseFunction(metadata, handler);
    if (hasStarted) throw new Error("A function can only be registered during app startup.");
    if (functions.has(fn.name)) throw new Error(`A function named ${fn.name} is registered already.`);
    functions.set(fn.name, fn);
    return new Disposable(() => functions.delete(fn.name));
  };
  const api = {
    version: WORKER_VERSION,
    workerVersion: WORKER_VERSION,
    hostVersion: HOST_VERSION,
    registerFunction,
    setProgrammingModel: (given: unknown): void => {
      if (!isProgrammingModel(given)) throw new Error("This version of @azure/functions is unknown to the local host.");
      model = given;
    },
    getProgrammingModel: () => model,
    registerHook: (name: unknown, callback: unknown): unknown => new Disposable(hooks.register(name, callback)),
    log: (level: unknown, _category: unknown, message: unknown): void =>
      log.host(parseLogLevel(level) ?? "information", String(message)),
    Disposable,
  };

  const original = Module.prototype.require;
  Module.prototype.require = Object.assign(function require(this: Module, id: string): unknown {
    return id === CORE_MODULE ? api : original.call(this, id);
  }, original);

  return {
    functions,
    hooks,
    programmingModel: () => model,
    finishStartup: () => {
      hasStarted = true;
    },
  };
}

/** The library constructs it with `new`, so it has to be a class. */
class Disposable {
  readonly #onDispose: () => unknown;
  constructor(onDispose: () => unknown) {
    this.#onDispose = onDispose;
  }
  dispose(): void {
    this.#onDispose();
  }
}

function parseFunction(metadata: unknown, handler: unknown): RegisteredFunction {
  if (!isRecord(metadata) || typeof metadata.name !== "string" || !isRecord(metadata.bindings) || !isHandler(handler))
    throw new Error("A function needs a name, bindings and a handler.");
  return { name: metadata.name, bindings: metadata.bindings, handler };
}

const isHandler = (value: unknown): value is Handler => typeof value === "function";

const isProgrammingModel = (value: unknown): value is ProgrammingModel =>
  typeof value === "object" &&
  value !== null &&
  "getInvocationModel" in value &&
  typeof value.getInvocationModel === "function" &&
  "getCapabilities" in value &&
  typeof value.getCapabilities === "function";
