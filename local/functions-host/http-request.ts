import type { IncomingMessage } from "node:http";
import type { HttpData } from "./rpc.ts";

/** `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`'s default. */
const BODY_LIMIT_BYTES = 104_857_600;

/** The whole body, or `tooLarge` as soon as it is known to be over the real host's limit of 100 MB. */
export async function readBody(request: IncomingMessage): Promise<Uint8Array | "tooLarge"> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_LIMIT_BYTES) return "tooLarge";
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > BODY_LIMIT_BYTES) return "tooLarge";
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** A request as the host hands it to the worker: bytes for a body, headers without empty values, repeated ones joined. */
export function toHttpData(
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
  body: Uint8Array,
): HttpData {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    const value = (values ?? []).join(name === "cookie" ? "; " : ", ");
    if (value !== "") headers[name] = value;
  }
  const query: Record<string, string> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name).join(",");
  const data = { url: url.href, method: request.method ?? "GET", headers, query, params };
  return body.byteLength === 0 ? data : { ...data, body: { bytes: body } };
}
