import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isRecord } from "./is-record.ts";
import { type LogLevel, type LogLevels, parseLogLevel } from "./log-level.ts";
import { parseTimeSpan } from "./time-span.ts";

export type QueueOptions = {
  readonly batchSize: number;
  /** A new batch is fetched as soon as no more than this many messages are being worked on. */
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  readonly maxPollingIntervalMs: number;
  /** How long a failed message stays hidden before its next attempt. */
  readonly visibilityTimeoutMs: number;
  readonly messageEncoding: "base64" | "none";
};

export type HostJson = {
  readonly routePrefix: string;
  /** Undefined when functions may run forever (`-1`). */
  readonly functionTimeoutMs: number | undefined;
  readonly logLevels: LogLevels;
  readonly queues: QueueOptions;
};

// Defaults of the host.json reference (Functions 4.x, queue extension 5.x; the time-out of every plan but Consumption).
const DEFAULT_FUNCTION_TIMEOUT = "00:30:00";
const DEFAULT_BATCH_SIZE = 16;
const LARGEST_BATCH_SIZE = 32;
const DEFAULT_MAX_DEQUEUE_COUNT = 5;
const DEFAULT_POLLING_CEILING = "00:01:00";

/** @throws Error in one sentence when the file is missing or holds what the host can't use. */
export async function readHostJson(appFolder: string): Promise<HostJson> {
  const path = join(appFolder, "host.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new Error(`There is no ${path}: an app for the Functions host needs one (was it built?).`, { cause });
  }
  return parseHostJson(text);
}

/** @throws Error that names the property and what was expected. */
export function parseHostJson(text: string): HostJson {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw new Error("host.json is not JSON.", { cause });
  }
  const http = at(root, "extensions", "http");
  const queues = at(root, "extensions", "queues");
  const batchSize = wholeNumber(queues, "batchSize", DEFAULT_BATCH_SIZE, 1, LARGEST_BATCH_SIZE);
  return {
    routePrefix: string(http, "routePrefix", "api").replace(/^\/|\/$/g, ""),
    functionTimeoutMs:
      at(root, "functionTimeout") === "-1" ? undefined : span(root, "functionTimeout", DEFAULT_FUNCTION_TIMEOUT),
    logLevels: logLevels(at(root, "logging", "logLevel")),
    queues: {
      batchSize,
      newBatchThreshold: wholeNumber(queues, "newBatchThreshold", Math.floor(batchSize / 2), 0, 1_000),
      maxDequeueCount: wholeNumber(queues, "maxDequeueCount", DEFAULT_MAX_DEQUEUE_COUNT, 1, 1_000),
      maxPollingIntervalMs: span(queues, "maxPollingInterval", DEFAULT_POLLING_CEILING),
      visibilityTimeoutMs: span(queues, "visibilityTimeout", "00:00:00"),
      messageEncoding: encoding(string(queues, "messageEncoding", "base64")),
    },
  };
}

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);

function string(owner: unknown, key: string, fallback: string): string {
  const value = at(owner, key) ?? fallback;
  if (typeof value !== "string") throw new Error(`host.json: ${key} has to be a text.`);
  return value;
}

function wholeNumber(owner: unknown, key: string, fallback: number, least: number, most: number): number {
  const value = at(owner, key) ?? fallback;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
    throw new Error(`host.json: ${key} has to be a whole number from ${least} to ${most}.`);
  return value;
}

function span(owner: unknown, key: string, fallback: string): number {
  const milliseconds = parseTimeSpan(string(owner, key, fallback));
  if (milliseconds === undefined) throw new Error(`host.json: ${key} has to be a time such as 00:05:00.`);
  return milliseconds;
}

function encoding(value: string): "base64" | "none" {
  const known = (["base64", "none"] as const).find((name) => name === value.toLowerCase());
  if (known === undefined) throw new Error('host.json: messageEncoding has to be "base64" or "none".');
  return known;
}

function logLevels(value: unknown): LogLevels {
  const levels: Record<string, LogLevel> = {};
  for (const [category, name] of Object.entries(isRecord(value) ? value : {})) {
    const level = parseLogLevel(name);
    if (level === undefined) throw new Error(`host.json: logging.logLevel.${category} is not a log level.`);
    levels[category] = level;
  }
  return levels;
}
