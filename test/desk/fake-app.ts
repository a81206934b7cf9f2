import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { listen } from "../listen.ts";

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};
/** An answer of the fake app. `cut`: the connection is closed without one. `never`: none comes. */
export type Answer =
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | "cut"
  | "never";

export type FakeApp = {
  readonly url: string;
  /** Every request, in order. */
  readonly asked: readonly Asked[];
  readonly close: () => Promise<void>;
};

export const json = (value: unknown, status = 200): Answer => ({ status, json: value });
export const refusal = (status: number, code: string, message: string): Answer =>
  json({ error: { code, message } }, status);

/** A server that answers as `answer` says, on loopback. It says nothing of its own. */
export async function startFakeApp(answer: (asked: Asked) => Answer): Promise<FakeApp> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = "", url: path = "", headers } = request;
    const one = { method, path, headers, body: Buffer.concat(chunks).toString() };
    asked.push(one);
    send(response, answer(one));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
    },
  };
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === "never") return;
  if (answer === "cut") {
    response.socket?.destroy();
    return;
  }
  const isJson = answer.text === undefined;
  response.writeHead(answer.status, { "content-type": isJson ? "application/json" : "text/html", ...answer.headers });
  response.end(isJson ? JSON.stringify(answer.json) : answer.text);
}
