import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";
import { badParameter, bodyTooLarge, internalError, Refusal } from "./key-vault-error.ts";

/** One HTTP request and the way to answer it. */
export type Exchange = {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** The decoded segments of the path, without empty ones. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** The body's JSON, undefined when it is empty. @throws Refusal 400 or 413 */
  readonly readBody: () => Promise<unknown>;
  /** Whether the caller was still connected. */
  readonly send: (answer: Answer) => boolean;
  /** Ends the connection without an answer. */
  readonly drop: () => void;
  /** Resolves when the connection is closed or the answer is sent. */
  readonly gone: Promise<unknown>;
};

const BODY_LIMIT_BYTES = 1_048_576;

/** @throws Refusal 400 when the path is not well encoded */
export function makeExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  // Not by the URL class: it takes a path that begins with two slashes for a host.
  const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
  return {
    method: request.method ?? "GET",
    path,
    segments: path
      .split("/")
      .filter((segment) => segment !== "")
      .map(decode),
    query: new URLSearchParams(query),
    authorization: request.headers.authorization,
    readBody: () => readBody(request),
    send: (answer) => send(response, answer),
    drop: () => void response.destroy(),
    gone: new Promise((resolve) => response.once("close", resolve)),
  };
}

/** The answer for what a handler threw. */
export function answerError(error: unknown): Answer {
  const { status, body, headers } = error instanceof Refusal ? error : internalError(error);
  return { status, body: body && { error: body }, headers };
}

/** Sends an answer; false when the caller has closed the connection. */
export function send(response: ServerResponse, { status, body, text, headers = {} }: Answer): boolean {
  if (response.destroyed) return false;
  response.writeHead(status, {
    ...(body === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "x-ms-request-id": randomUUID(),
    ...headers,
  });
  response.end(text ?? (body === undefined ? "" : JSON.stringify(body)));
  return true;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badParameter("The path is not well encoded.");
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    // Reads to the end: a caller that is still sending does not read an answer.
    if (bytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  if (bytes > BODY_LIMIT_BYTES) throw bodyTooLarge(BODY_LIMIT_BYTES);
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw badParameter("The body is not JSON.");
  }
}
