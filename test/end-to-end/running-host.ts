import { fileURLToPath } from "node:url";
import { type Fields, parseFields } from "../../scripts/json.ts";
import { startChild } from "../child-process.ts";
import { checkDescribed, operationOf } from "../described-answers.ts";

/** The local Functions host, as a program. */
export const HOST_PROGRAM = fileURLToPath(new URL("../../local/functions-host/main.ts", import.meta.url));
/** Opens every function of the hosts of these tests. */
export const HOST_KEY = "a-key-of-this-test";

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
  /** The names of its functions, in the order of their registration. */
  readonly functions: unknown;
  /** Every line that it said so far, log lines of the app among them. */
  readonly lines: () => readonly string[];
  /** The app's log events of a name. */
  readonly events: (name: string) => readonly Fields[];
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly post: (body: string, headers?: Record<string, string>) => Promise<Answer>;
  /** A request that `get` and `post` don't make. */
  readonly send: (path: string, init: RequestInit) => Promise<Answer>;
  readonly kill: () => Promise<void>;
};

/** Starts a host. @throws with what it wrote where it ended before it listened */
export async function spawnHost(
  app: string,
  environment: NodeJS.ProcessEnv,
  flags: readonly string[] = [],
): Promise<RunningHost> {
  const child = startChild([HOST_PROGRAM, "--app", app, "--port", "0", "--json-logs", ...flags], {
    env: { ...environment, LOCAL_FUNCTION_KEY: HOST_KEY },
  });
  const ready = await child.firstLine;
  if (ready === undefined) throw new Error(`The host has ended: ${child.stderr.join("\n")}`);
  const { url, functions } = parseFields(ready, "line");
  return {
    url: String(url),
    functions,
    lines: () => [...child.stdout, ...child.stderr],
    events: (name) => eventsIn(child.stderr).filter(({ event }) => event === name),
    ...callsTo(String(url)),
    kill: () => child.kill("SIGKILL"),
  };
}

/** Calls the app at an address with its function key. @throws where the description of the API has no such answer */
export function callsTo(url: string): Pick<RunningHost, "get" | "post" | "send"> {
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, init);
    const text = await answer.text();
    checkDescribed(operationOf(init.method ?? "GET", path), { status: answer.status, headers: answer.headers, text });
    const isJson = answer.headers.get("content-type")?.includes("json") === true;
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
  };
  const withKey = (headers: Record<string, string>) => ({ "x-functions-key": HOST_KEY, ...headers });
  return {
    get: (path, headers = {}) => send(path, { headers: withKey(headers) }),
    post: (body, headers = {}) => send("/api/backups", { method: "POST", body, headers: withKey(headers) }),
    send,
  };
}

/** The app's log events among the lines of a host. */
export const eventsIn = (lines: readonly string[]): readonly Fields[] =>
  lines.flatMap((line) => (line.startsWith('{"event"') ? [parseFields(line, "line")] : []));
