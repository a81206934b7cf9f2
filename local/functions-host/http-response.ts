import type { ServerResponse } from "node:http";
import { isRecord } from "./is-record.ts";
import type { Cookie, HttpAnswer } from "./rpc.ts";

const SERVER_ERROR = 500;

/** Writes what the function answered. An answer that HTTP can't carry (a header with a line break, say) becomes a bare 500. */
export function sendAnswer(response: ServerResponse, answer: HttpAnswer): void {
  try {
    for (const [name, value] of Object.entries(answer.headers)) response.appendHeader(name, value);
    for (const cookie of answer.cookies) response.appendHeader("set-cookie", toSetCookie(cookie));
  } catch {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    sendStatus(response, SERVER_ERROR);
    return;
  }
  response.statusCode = answer.status;
  response.end(answer.body);
}

/** An answer of the host itself has no body. */
export function sendStatus(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.setHeader("content-length", 0);
  response.end();
}

// RpcHttpCookie wraps what is optional in `{ value }`; its `none` means that SameSite was not given at all.
const SAME_SITE: Readonly<Record<string, string>> = { lax: "Lax", strict: "Strict", explicitNone: "None" };

function toSetCookie(cookie: Cookie): string {
  const parts = [`${encodeURIComponent(String(cookie.name))}=${encodeURIComponent(String(cookie.value))}`];
  const add = (name: string, value: unknown): void => {
    if (value !== undefined && value !== null) parts.push(`${name}=${value}`);
  };
  add("Domain", inner(cookie.domain));
  add("Path", inner(cookie.path));
  add("Expires", toHttpDate(inner(cookie.expires)));
  add("Max-Age", inner(cookie.maxAge));
  if (inner(cookie.secure) === true) parts.push("Secure");
  if (inner(cookie.httpOnly) === true) parts.push("HttpOnly");
  add("SameSite", SAME_SITE[String(cookie.sameSite)]);
  return parts.join("; ");
}

const inner = (wrapped: unknown): unknown => (isRecord(wrapped) ? wrapped.value : undefined);

const toHttpDate = (timestamp: unknown): string | undefined =>
  isRecord(timestamp) ? new Date(Number(timestamp.seconds) * 1_000).toUTCString() : undefined;
