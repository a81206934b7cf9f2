import {
  type HttpHandler,
  type HttpRequest,
  HttpResponse,
  type HttpResponseInit,
  InvocationContext,
  type TimerHandler,
} from "@azure/functions";
import type { LogEvent } from "../../../backup/model/events.ts";
import { INTERVALS } from "../../../backup/model/intervals.ts";
import type { RouteName } from "../../../functions/http/routes.ts";
import { type App, register } from "../../../functions/index.ts";
import type { AppPorts } from "../../../functions/invocation.ts";

/** The handlers of the real app, called as a Functions host calls them. */
export type CapturedApp = {
  readonly timer: () => Promise<void>;
  readonly queue: (body: unknown) => Promise<void>;
  readonly poisonQueue: (body: unknown) => Promise<void>;
  readonly http: (route: Route, request: HttpRequest) => Promise<HttpResponseInit>;
};
export type Route = Exclude<RouteName, "openapi">;

/** As a method, since whatever comes out of the queue is passed to it. */
type QueueOptions = { handler(message: unknown, context: InvocationContext): unknown };

/** What is known of the timer at a tick; the product looks at none of it. */
const TICK = {
  isPastDue: false,
  schedule: { adjustForDST: false },
  scheduleStatus: { last: "", next: "", lastUpdated: "" },
};

/** Registers the real triggers with an app that keeps their handlers. `log` gets every line that an invocation logs. */
export function captureApp(ports: AppPorts, log: (event: LogEvent) => void): CapturedApp {
  const timers = new Map<string, TimerHandler>();
  const queues = new Map<string, QueueOptions>();
  const routes = new Map<string, HttpHandler>();
  const app: App = {
    timer: (name, { handler }) => void timers.set(name, handler),
    storageQueue: (name, options) => void queues.set(name, options),
    http: (name, { handler }) => void routes.set(name, handler),
  };
  register(app, ports, INTERVALS);

  const context = (functionName: string): InvocationContext =>
    new InvocationContext({
      functionName,
      invocationId: functionName,
      logHandler: (_level, line: unknown) => log(logEventOf(String(line))),
    });
  return {
    timer: async () => void (await handlerOf(timers, "scheduledBackup")(TICK, context("scheduledBackup"))),
    queue: async (body) => void (await handlerOf(queues, "followBackup").handler(body, context("followBackup"))),
    poisonQueue: async (body) =>
      void (await handlerOf(queues, "poisonedMessage").handler(body, context("poisonedMessage"))),
    http: async (route, request) => {
      const answer = await handlerOf(routes, route)(request, context(route));
      if (answer instanceof HttpResponse) throw new Error(`${route} answers in another way than the others.`);
      return answer;
    },
  };
}

function handlerOf<T>(handlers: ReadonlyMap<string, T>, name: string): T {
  const handler = handlers.get(name);
  if (handler === undefined) throw new Error(`The app has registered no ${name}.`);
  return handler;
}

/** A line of the log is one object of JSON. @throws for any other line: it must not go unseen */
function logEventOf(line: string): LogEvent {
  const event: unknown = JSON.parse(line);
  if (!isLogEvent(event)) throw new Error(`This line of the log is no event: ${line}`);
  return event;
}

const isLogEvent = (value: unknown): value is LogEvent =>
  typeof value === "object" &&
  value !== null &&
  "event" in value &&
  typeof value.event === "string" &&
  "level" in value;
