import { fileURLToPath } from "node:url";
import { fieldsOf, parseJson } from "../../backup/fields.ts";
import { startChild } from "../child-process.ts";

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
  /** The names of its functions, in the order in which they were registered. */
  readonly functions: unknown;
  /** Every line that it said so far, log lines of the app among them. */
  readonly lines: () => readonly string[];
  /** The app's log events of a name. */
  readonly events: (name: string) => readonly Readonly<Record<string, unknown>>[];
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly post: (body: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly kill: () => Promise<void>;
  readonly ended: Promise<number | null>;
};

/** Starts a host; where the app refuses to load, `url` is empty and `ended` gives the exit code. */
export async function spawnHost(
  app: string,
  environment: NodeJS.ProcessEnv,
  flags: readonly string[] = [],
): Promise<RunningHost> {
  const child = startChild([HOST_PROGRAM, "--app", app, "--port", "0", "--json-logs", ...flags], {
    env: { ...environment, LOCAL_FUNCTION_KEY: HOST_KEY },
  });
  const ready = await child.firstLine;
  const { url, functions } = ready === undefined ? { url: "" } : fieldsOf(parseJson(ready, "line"), "line");
  return {
    url: String(url),
    functions,
    lines: () => [...child.stdout, ...child.stderr],
    events: (name) => eventsIn(child.stderr).filter(({ event }) => event === name),
    ...callsTo(String(url)),
    kill: () => child.kill("SIGKILL"),
    ended: child.exited,
  };
}

/** Calls the app at an address as somebody who has the key. */
export function callsTo(url: string): Pick<RunningHost, "get" | "post"> {
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
  const withKey = (headers: Record<string, string>) => ({ "x-functions-key": HOST_KEY, ...headers });
  return {
    get: (path, headers = {}) => call(path, { headers: withKey(headers) }),
    post: (body, headers = {}) => call("/api/backups", { method: "POST", body, headers: withKey(headers) }),
  };
}

/** The app's log events among the lines of a host. */
export const eventsIn = (lines: readonly string[]): readonly Readonly<Record<string, unknown>>[] =>
  lines.flatMap((line) => (line.startsWith('{"event"') ? [fieldsOf(parseJson(line, "line"), "line")] : []));
