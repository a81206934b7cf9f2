import type { RegisteredFunction } from "./core-module.ts";
import { isRecord } from "./is-record.ts";
import { type Environment, resolveSettings } from "./setting-expressions.ts";

export type AuthLevel = "anonymous" | "function" | "admin";

export type HttpTrigger = {
  readonly kind: "http";
  readonly binding: string;
  readonly route: string;
  readonly methods: readonly string[];
  readonly authLevel: AuthLevel;
};
export type QueueTrigger = {
  readonly kind: "queue";
  readonly binding: string;
  readonly queueName: string;
  /** Name of the setting that holds the connection string. */
  readonly connection: string;
};
export type TimerTrigger = {
  readonly kind: "timer";
  readonly binding: string;
  readonly schedule: string;
  readonly runOnStartup: boolean;
  readonly useMonitor: boolean;
};
export type Trigger = HttpTrigger | QueueTrigger | TimerTrigger;

const DEFAULT_CONNECTION = "AzureWebJobsStorage";

/**
 * What starts a function, from the bindings that it was registered with.
 * @throws Error in one sentence for a binding that this host doesn't imitate: the app would only seem to work on it.
 */
export function parseTrigger(fn: RegisteredFunction, env: Environment): Trigger {
  let trigger: Trigger | undefined;
  for (const [binding, properties] of Object.entries(fn.bindings)) {
    const type = text(properties, "type", "").toLowerCase();
    if (type === "http") continue;
    if (type === "httptrigger") trigger = httpTrigger(fn.name, binding, properties);
    else if (type === "queuetrigger") trigger = queueTrigger(binding, properties, env);
    else if (type === "timertrigger") trigger = timerTrigger(binding, properties, env);
    else throw new Error(`Function ${fn.name} has a binding of type "${type}", which this local host doesn't imitate.`);
  }
  if (trigger === undefined) throw new Error(`Function ${fn.name} has no trigger.`);
  return trigger;
}

function httpTrigger(name: string, binding: string, properties: unknown): HttpTrigger {
  const level = text(properties, "authLevel", "anonymous").toLowerCase();
  const authLevel = (["anonymous", "function", "admin"] as const).find((known) => known === level);
  if (authLevel === undefined) throw new Error(`Function ${name} has the unknown authLevel "${level}".`);
  const methods = property(properties, "methods");
  const names = Array.isArray(methods) ? methods.map((method) => String(method).toUpperCase()) : ["GET", "POST"];
  return { kind: "http", binding, authLevel, methods: names, route: text(properties, "route", name) };
}

const queueTrigger = (binding: string, properties: unknown, env: Environment): QueueTrigger => ({
  kind: "queue",
  binding,
  queueName: resolveSettings(text(properties, "queueName", ""), env).toLowerCase(),
  connection: resolveSettings(text(properties, "connection", ""), env) || DEFAULT_CONNECTION,
});

const timerTrigger = (binding: string, properties: unknown, env: Environment): TimerTrigger => ({
  kind: "timer",
  binding,
  schedule: resolveSettings(text(properties, "schedule", ""), env),
  runOnStartup: property(properties, "runOnStartup") === true,
  useMonitor: property(properties, "useMonitor") !== false,
});

const property = (owner: unknown, key: string): unknown => (isRecord(owner) ? owner[key] : undefined);

function text(owner: unknown, key: string, fallback: string): string {
  const value = property(owner, key);
  return typeof value === "string" ? value : fallback;
}
