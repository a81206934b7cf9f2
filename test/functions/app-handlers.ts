import {
  type HttpHandler,
  HttpRequest,
  type HttpRequestInit,
  HttpResponse,
  InvocationContext,
  type TimerHandler,
} from "@azure/functions";
import type { LogEvent } from "../../backup/model/events.ts";
import { INTERVALS } from "../../backup/model/intervals.ts";
import type { SettingProblem } from "../../backup/model/settings.ts";
import type { RouteName } from "../../functions/http/routes.ts";
import { type App, register } from "../../functions/index.ts";
import type { AppPorts } from "../../functions/invocation.ts";
import { registerRejected } from "../../functions/rejected-settings.ts";
import { checkDescribed, operationNamed } from "../described-answers.ts";
import { TIMER_INFO } from "../steps/pass-time.ts";

const ORIGIN = "https://app.example";

/** An answer as the host sends it. `body` is undefined where the text is no JSON. */
export type Answer = {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
};

export type Asked = {
  readonly path?: string;
  readonly params?: Readonly<Record<string, string>>;
  /** Arrives with its length. */
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The functions of the app, on a host that only calls them and keeps their log lines. */
export type AppHandlers = ReturnType<typeof makeApp>;

/** The app as `register` makes it on these ports. */
export const makeApp = (ports: AppPorts) => hostOf((to) => register(to, ports, INTERVALS));

/** The app where no backup could be made at all. */
export const makeRejectedApp = (problems: readonly SettingProblem[]) =>
  hostOf((to) => registerRejected(to, problems, INTERVALS));

function hostOf(registerWith: (to: App) => void) {
  const http = new Map<string, HttpHandler>();
  const queues = new Map<string, (message: never, context: InvocationContext) => unknown>();
  const timers = new Map<string, TimerHandler>();
  /** Each route with its method, as the host shows it. */
  const routes: string[] = [];
  /** Each queue with the function that it triggers. */
  const queueNames: string[] = [];
  registerWith({
    http: (name, { handler, methods, route, authLevel }) => {
      http.set(name, handler);
      routes.push(`${methods} ${route} ${authLevel}`);
    },
    storageQueue: (name, { handler, queueName }) => {
      queues.set(name, handler);
      queueNames.push(`${name}: ${queueName}`);
    },
    timer: (name, { handler }) => void timers.set(name, handler),
  });

  const lines: string[] = [];
  const context = (): InvocationContext =>
    new InvocationContext({ logHandler: (_level, ...args) => void lines.push(args.map(String).join(" ")) });

  /**
   * Calls an HTTP function, and turns what it returns into an answer as the worker does. @throws where the description
   * of the API has no such answer
   */
  async function ask(name: RouteName, asked: Asked = {}): Promise<Answer> {
    const { path = "/api/backups", params = {}, body, headers = {} } = asked;
    const init: HttpRequestInit = {
      url: `${ORIGIN}${path}`,
      method: name === "manualBackup" ? "POST" : "GET",
      headers: { ...(body !== undefined && { "content-length": String(body.byteLength) }), ...headers },
      params: { ...params },
      ...(body !== undefined && { body: { bytes: body } }),
    };
    const returned = await found(http, name)(new HttpRequest(init), context());
    const response = returned instanceof HttpResponse ? returned : new HttpResponse(returned);
    const text = await response.text();
    const { status, headers: sent } = response;
    checkDescribed(operationNamed(name), { status, headers: sent, text });
    return { status, location: sent.get("location"), headers: sent, text, body: parsed(text) };
  }

  const receive = async (name: string, message: unknown): Promise<void> =>
    void (await Reflect.apply(found(queues, name), undefined, [message, context()]));

  return {
    ask,
    post: (text: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
      ask("manualBackup", { body: new TextEncoder().encode(text), headers }),
    /** The answer of one run's address. */
    get: (hsm: string, run: string, query = ""): Promise<Answer> =>
      ask("getBackup", { path: `/api/backups/x/y${query}`, params: { hsm, run } }),
    list: (query = ""): Promise<Answer> => ask("listBackups", { path: `/api/backups${query}` }),
    tick: async (): Promise<void> => void (await found(timers, "scheduledBackup")(TIMER_INFO, context())),
    /** What the queue trigger gets: parsed JSON, or any other text. */
    follow: (message: unknown): Promise<void> => receive("followBackup", message),
    poison: (message: unknown): Promise<void> => receive("poisonedMessage", message),
    routes,
    queueNames,
    /** Every line that was logged so far. */
    lines,
    events: (): readonly LogEvent[] => lines.map((line): LogEvent => JSON.parse(line)),
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
