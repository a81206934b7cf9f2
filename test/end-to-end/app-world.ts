import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { fieldsOf, parseJson } from "../../backup/fields.ts";
import { startWorld, type World } from "../../local/world.ts";
import { worldEnvironment } from "../../local/world-environment.ts";
import { makeFastApp } from "./app-folder.ts";
import { type Gate, openGate } from "./gate.ts";

const HOST = fileURLToPath(new URL("../../local/functions-host/main.ts", import.meta.url));
const KEY = "a-key-of-this-test";

/** An answer of the app. */
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
};

/** A local Functions host with the app in it, as a process that can be killed. */
export type RunningHost = {
  readonly url: string;
  /** Every line that it said, log lines of the app among them. */
  readonly lines: readonly string[];
  /** The app's log events of a name. */
  readonly events: (name: string) => readonly Readonly<Record<string, unknown>>[];
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly post: (body: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly kill: () => Promise<void>;
  readonly ended: Promise<number | null>;
};

/** The local world with gates before the host's storage, and hosts that are started on it. */
export type AppWorld = {
  readonly world: World;
  readonly blobGate: Gate;
  readonly queueGate: Gate;
  /** The ledger, past the gate. */
  readonly ledger: ContainerClient;
  readonly queues: QueueServiceClient;
  /** `settings` are laid over the world's; one that is undefined is left out. */
  readonly startHost: (settings?: Readonly<Record<string, string | undefined>>) => Promise<RunningHost>;
  readonly control: (method: string, hsm: string, what: string, body?: unknown) => Promise<unknown>;
  readonly stop: () => Promise<void>;
};

export async function startAppWorld(hsms: readonly string[], uploadSeconds = 1): Promise<AppWorld> {
  const app = await makeFastApp();
  const world = await startWorld({ hsms, uploadSeconds, environment: process.env }, new AbortController().signal);
  const connection = world.settings.AzureWebJobsStorage;
  const blobGate = await openGate(endpointOf(connection, "Blob"));
  const queueGate = await openGate(endpointOf(connection, "Queue"));
  const gated = connection
    .replace(endpointOf(connection, "Blob"), blobGate.url)
    .replace(endpointOf(connection, "Queue"), queueGate.url);
  setDefaultCACertificates([readFileSync(world.certificate.certificateFile, "utf8")]);
  const hosts: RunningHost[] = [];

  const startHost: AppWorld["startHost"] = async (settings = {}) => {
    const all = { ...world.settings, AzureWebJobsStorage: gated, ...settings };
    const host = await spawnHost(app.folder, { ...worldEnvironment(process.env), ...all });
    hosts.push(host);
    return host;
  };
  const control: AppWorld["control"] = async (method, hsm, what, body) => {
    const answer = await fetch(`${world.hsmEmulatorUrl}/_control/${hsm}/${what}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The control address answered ${answer.status}: ${text}`);
    return text === "" ? undefined : parseJson(text, "control");
  };
  return {
    world,
    blobGate,
    queueGate,
    ledger: BlobServiceClient.fromConnectionString(connection).getContainerClient("backup-runs"),
    queues: QueueServiceClient.fromConnectionString(connection),
    startHost,
    control,
    stop: async () => {
      await Promise.all(hosts.map((host) => host.kill()));
      await blobGate.close();
      await queueGate.close();
      await world.stop();
      await app.remove();
    },
  };
}

/** Starts a host; where the app refuses to load, `url` is empty and `ended` gives the exit code. */
async function spawnHost(folder: string, environment: NodeJS.ProcessEnv): Promise<RunningHost> {
  const options = ["--poll-seconds", "0.5", "--message-lease-seconds", "3", "--timer-lock-seconds", "0", "--json-logs"];
  const child = spawn(process.execPath, [HOST, "--app", folder, "--port", "0", ...options], {
    env: { ...environment, LOCAL_FUNCTION_KEY: KEY },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
  const ended = endOf(child);
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      if (line.startsWith('{"url"')) resolve(String(fieldsOf(parseJson(line, "line"), "line").url));
    });
    void ended.then(() => resolve(""));
  });
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, init);
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") === true;
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson ? parseJson(text, "answer") : undefined,
    };
  };
  const withKey = (headers: Record<string, string>) => ({ "x-functions-key": KEY, ...headers });
  return {
    url,
    lines,
    events: (name) => eventsIn(lines).filter(({ event }) => event === name),
    get: (path, headers = {}) => call(path, { headers: withKey(headers) }),
    post: (body, headers = {}) => call("/api/backups", { method: "POST", body, headers: withKey(headers) }),
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    ended,
  };
}

const endOf = async (child: ChildProcess): Promise<number | null> => {
  await once(child, "close");
  return child.exitCode;
};

/** The log events among the lines that a host said. */
export function eventsIn(lines: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  return lines.filter((line) => line.startsWith('{"event"')).map((line) => fieldsOf(parseJson(line, "line"), "line"));
}

function endpointOf(connection: string, service: "Blob" | "Queue"): string {
  const url = new RegExp(`${service}Endpoint=(https?://[^/;]+)`).exec(connection)?.[1];
  if (url === undefined) throw new Error(`The connection string has no ${service}Endpoint.`);
  return url;
}
