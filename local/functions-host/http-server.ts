import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { RegisteredFunction } from "./core-module.ts";
import type { Authorize } from "./function-keys.ts";
import { readBody, toHttpData } from "./http-request.ts";
import { sendAnswer, sendStatus } from "./http-response.ts";
import { matchRoute, type Route } from "./http-routes.ts";
import type { Invoker } from "./invoke.ts";
import { parseHttpAnswer } from "./rpc.ts";
import type { HttpTrigger } from "./triggers.ts";

export type HttpTarget = { readonly fn: RegisteredFunction; readonly trigger: HttpTrigger };

export type HttpFront = {
  readonly url: string;
  /** Takes no new request; resolves when those that are running have been answered. */
  readonly stop: () => Promise<void>;
};

const LOOPBACK = "127.0.0.1";
/** An address of the real host's own, which needs its master key. */
const ADMIN_FUNCTIONS = /^\/admin\/functions(\/|$)/i;
const STATUS = { badRequest: 400, unauthorized: 401, notFound: 404, tooLarge: 413, serverError: 500, unavailable: 503 };

/**
 * Serves the HTTP functions on the loopback address; port 0 takes any free one.
 * @throws Error in one sentence when the port is in use.
 */
export async function serveHttp(
  port: number,
  routes: readonly Route<HttpTarget>[],
  authorize: Authorize,
  invoker: Invoker,
): Promise<HttpFront> {
  let isStopping = false;
  const server = createServer((request, response) => {
    // A connection that is still open when the host stops would keep it from ending.
    if (isStopping) {
      response.setHeader("connection", "close");
      sendStatus(response, STATUS.unavailable);
      return;
    }
    response.once("finish", () => isStopping && server.closeIdleConnections());
    answer(request, response, routes, authorize, invoker).catch(() => {
      if (response.headersSent) response.destroy();
      else sendStatus(response, STATUS.serverError);
    });
  });
  const url = `http://${LOOPBACK}:${await listen(server, port)}`;
  return {
    url,
    stop: () => {
      isStopping = true;
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      return promise;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly Route<HttpTarget>[],
  authorize: Authorize,
  invoker: Invoker,
): Promise<void> {
  const url = URL.parse(`http://${request.headers.host ?? LOOPBACK}${request.url}`);
  if (url === null || !request.url?.startsWith("/")) return sendStatus(response, STATUS.badRequest);
  if (ADMIN_FUNCTIONS.test(url.pathname) && !authorize("admin", request.headers, url.searchParams))
    return sendStatus(response, STATUS.unauthorized);
  const match = matchRoute(routes, request.method ?? "GET", url.pathname);
  if (match === undefined) return sendStatus(response, STATUS.notFound);
  const { fn, trigger } = match.target;
  if (!authorize(trigger.authLevel, request.headers, url.searchParams))
    return sendStatus(response, STATUS.unauthorized);

  const body = await readBody(request);
  if (body === "tooLarge") {
    response.setHeader("connection", "close");
    return sendStatus(response, STATUS.tooLarge);
  }
  const outcome = await invoker.invoke(fn, {
    binding: trigger.binding,
    data: { http: toHttpData(request, url, match.params, body) },
    triggerMetadata: {},
  });
  if (!outcome.succeeded) return sendStatus(response, STATUS.serverError);
  sendAnswer(response, parseHttpAnswer(outcome.response));
}

function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", (cause) => {
    const isInUse = "code" in cause && cause.code === "EADDRINUSE";
    const problem = isInUse ? `Port ${port} is in use: choose another with --port.` : `Port ${port}: ${cause.message}`;
    reject(new Error(problem, { cause }));
  });
  server.listen(port, LOOPBACK, () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) resolve(address.port);
    else reject(new Error(`The HTTP server got no port of its own.`));
  });
  return promise;
}
