import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import type { HttpData } from "./rpc.ts";

/** `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`'s default. */
const BODY_LIMIT_BYTES = 104_857_600;
const NO_BODY = new Uint8Array();

/**
 * The whole body, or `tooLarge` if it is over the real host's limit of 100 MB. A body that is sent in chunks is not read:
 * the real host passes on only one with a length (https://github.com/Azure/azure-functions-host/issues/4926).
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array | "tooLarge"> {
  const length = Number(request.headers["content-length"] ?? 0);
  if (length > BODY_LIMIT_BYTES) return "tooLarge";
  return length === 0 ? NO_BODY : buffer(request);
}

/** A request as the host hands it to the worker: the body as bytes, each repeated header joined by commas. */
export function toHttpData(
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
  body: Uint8Array,
): HttpData {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    headers[name] = (values ?? []).join(",");
  }
  const query: Record<string, string> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name).join(",");
  const data = { url: url.href, method: request.method ?? "GET", headers, query, params };
  return body.byteLength === 0 ? data : { ...data, body: { bytes: body } };
}
