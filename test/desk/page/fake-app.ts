import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { HttpRequest, InvocationContext } from "@azure/functions";
import type { RunRecord } from "../../../backup/model/run.ts";
import type { CoverageAnswer } from "../../../backup/model/views/coverage-view.ts";
import type { HsmsAnswer } from "../../../backup/model/views/hsm-view.ts";
import type { ListedRun } from "../../../backup/model/views/listed-run.ts";
import { statusPage } from "../../../functions/http/status-page.ts";
import { makePage } from "../../../scripts/page.ts";
import { listen } from "../../listen.ts";

export const KEY = "the-key-of-this-test";

/** What the fake app answers. A test changes it as it goes. */
export type Scene = {
  now: Date;
  hsms: HsmsAnswer;
  coverage: Readonly<Record<string, CoverageAnswer["slots"]>>;
  runs: readonly ListedRun[];
  records: readonly RunRecord[];
  /** Answers in the app's place. */
  instead: ((method: string, path: string) => Reply | undefined) | null;
  start: (hsm: string, key: string) => Reply;
};
export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type FakeApp = {
  readonly url: string;
  /** What is answered from now on. */
  readonly show: (scene: Scene) => void;
  /** Each request since the last call, as `GET /api/hsms`. */
  readonly takeRequests: () => readonly string[];
  /** The addresses and headers of every request so far. */
  readonly seen: readonly { readonly url: string; readonly headers: IncomingMessage["headers"] }[];
  readonly stop: () => Promise<void>;
};

const SLOTS_OF_A_PAGE = 60;

/** The page behind its own route's handler, and the API as a small program that knows only the shapes. */
export async function startFakeApp(): Promise<FakeApp> {
  let scene = emptyScene();
  const folder = await mkdtemp(join(tmpdir(), "status-page-"));
  const file = join(folder, "status.html");
  await writeFile(file, (await makePage()).html);
  const page = statusPage(pathToFileURL(file));
  const requests: string[] = [];
  const seen: { url: string; headers: IncomingMessage["headers"] }[] = [];

  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: unknown) =>
      response.destroy(new Error("The fake app failed.", { cause: thrown })),
    );
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
    const method = request.method ?? "GET";
    requests.push(`${method} ${pathname}`);
    seen.push({ url: request.url ?? "", headers: request.headers });
    response.setHeader("Date", scene.now.toUTCString());
    if (pathname === "/api/status") {
      const init = await page(
        new HttpRequest({ url: "http://fake/api/status", method: "GET" }),
        new InvocationContext(),
      );
      const { headers, body } = Object.assign({ headers: {}, body: "" }, init);
      response.writeHead(
        200,
        Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      );
      response.end(body);
      return;
    }
    const reply = scene.instead?.(method, pathname) ?? (await replyOf(request, method, pathname, searchParams));
    const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
    const etag = `"${text.length}-${hash(text)}"`;
    if (method === "GET" && reply.status === 200 && request.headers["if-none-match"] === etag) {
      response.writeHead(304, { ETag: etag }).end();
      return;
    }
    const type = typeof reply.body === "string" ? "text/html" : "application/json";
    response.writeHead(reply.status, { "Content-Type": type, ETag: etag, ...reply.headers }).end(text);
  }

  async function replyOf(
    request: IncomingMessage,
    method: string,
    path: string,
    query: URLSearchParams,
  ): Promise<Reply> {
    if (request.headers["x-functions-key"] !== KEY) return { status: 401, body: "" };
    const parts = path.split("/").slice(2).map(decodeURIComponent);
    const [first, hsm = "", last] = parts;
    if (method === "POST") {
      let text = "";
      for await (const chunk of request) text += String(chunk);
      const body: { hsm: string } = JSON.parse(text);
      return scene.start(body.hsm, String(request.headers["idempotency-key"]));
    }
    if (first === "hsms" && hsm === "") return { status: 200, body: scene.hsms };
    if (first === "hsms") return coverage(hsm, Number(query.get("cursor") ?? 0));
    if (last !== undefined) {
      const record = scene.records.find((each) => each.hsm === hsm && each.id === last);
      return record ? { status: 200, body: record } : error(404, "runNotFound", "This HSM has no such run.");
    }
    const wanted = scene.runs.filter(
      (run) => run.hsm === query.get("hsm") && (!query.get("state") || run.state === query.get("state")),
    );
    const from = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit"));
    const cursor = from + limit < wanted.length ? String(from + limit) : null;
    return { status: 200, body: { runs: wanted.slice(from, from + limit), cursor } };
  }

  function coverage(hsm: string, from: number): Reply {
    const slots = scene.coverage[hsm] ?? [];
    const cursor = from + SLOTS_OF_A_PAGE < slots.length ? String(from + SLOTS_OF_A_PAGE) : null;
    const page = slots.slice(from, from + SLOTS_OF_A_PAGE);
    const { schedule, now } = scene.hsms;
    return { status: 200, body: { hsm, schedule, days: 90, now, slots: page, cursor } };
  }

  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    show: (next) => {
      scene = next;
      requests.length = 0;
      seen.length = 0;
    },
    takeRequests: () => requests.splice(0),
    seen,
    stop: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
      await rm(folder, { recursive: true });
    },
  };
}

const emptyScene = (): Scene => {
  const now = new Date(0);
  const hsms: HsmsAnswer = {
    app: "app",
    version: "0",
    now: now.toISOString(),
    isHealthy: true,
    schedule: "",
    authentication: "sas",
    hsms: [],
    problems: [],
  };
  const start = () => error(404, "hsmNotFound", "No HSM.");
  return { now, hsms, coverage: {}, runs: [], records: [], instead: null, start };
};

export const error = (status: number, code: string, message: string, headers = {}): Reply => ({
  status,
  body: { error: { code, message } },
  headers,
});

const hash = (text: string): number =>
  [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) | 0, 7);
