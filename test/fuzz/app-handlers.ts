import { type HttpHandler, HttpRequest, type HttpRequestInit, HttpResponse, InvocationContext } from "@azure/functions";
import { INTERVALS } from "../../backup/intervals.ts";
import { type App, register } from "../../functions/index.ts";
import type { AppDeps } from "../../functions/invocation-log.ts";

const ORIGIN = "https://app.example";

/** An answer as the host sends it. `body` is undefined where the text is no JSON. */
export type Answer = {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
  readonly body: unknown;
};

export type Asked = {
  readonly path?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly traceparent?: string;
};

export type HttpFunction = "manualBackup" | "listBackups" | "getBackup" | "health";

/** The functions of the app as `register` makes it, on a host that only calls it and keeps its log lines. */
export type AppHandlers = ReturnType<typeof makeApp>;

export function makeApp(deps: AppDeps) {
  const http = new Map<string, HttpHandler>();
  const queues = new Map<string, (message: never, context: InvocationContext) => unknown>();
  const to: App = {
    http: (name, { handler }) => void http.set(name, handler),
    storageQueue: (name, { handler }) => void queues.set(name, handler),
    timer: () => undefined,
  };
  register(to, deps, INTERVALS);

  const lines: string[] = [];
  const contextOf = (traceParent?: string): InvocationContext =>
    new InvocationContext({
      logHandler: (_level, ...args) => void lines.push(args.map(String).join(" ")),
      ...(traceParent !== undefined && { traceContext: { traceParent } }),
    });

  /** Calls an HTTP function, and turns what it gives into an answer as the worker does. */
  async function ask(name: HttpFunction, asked: Asked = {}): Promise<Answer> {
    const { path = "/api/backups", params = {}, body, headers = {}, traceparent } = asked;
    const init: HttpRequestInit = {
      url: `${ORIGIN}${path}`,
      method: name === "manualBackup" ? "POST" : "GET",
      headers: { ...headers },
      params: { ...params },
      ...(body !== undefined && { body: { bytes: body } }),
    };
    const given = await found(http, name)(new HttpRequest(init), contextOf(traceparent));
    const response = given instanceof HttpResponse ? given : new HttpResponse(given);
    const text = await response.text();
    return { status: response.status, location: response.headers.get("location"), text, body: parsed(text) };
  }

  async function receive(name: string, message: unknown): Promise<void> {
    await Reflect.apply(found(queues, name), undefined, [message, contextOf()]);
  }

  return {
    ask,
    post: (text: string): Promise<Answer> => ask("manualBackup", { body: new TextEncoder().encode(text) }),
    /** What the queue trigger gets: parsed JSON, or any other text. */
    wake: (message: unknown): Promise<void> => receive("followBackup", message),
    poison: (message: unknown): Promise<void> => receive("poisonedFollowUp", message),
    /** Every line that was logged so far. */
    lines,
  };
}

function found<T>(handlers: ReadonlyMap<string, T>, name: string): T {
  const handler = handlers.get(name);
  if (handler === undefined) throw new Error(`No function is named ${name}.`);
  return handler;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
