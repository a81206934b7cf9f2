import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AuthLevel } from "./triggers.ts";

/** Answers whether a request may call a function of this level. */
export type Authorize = (level: AuthLevel, headers: IncomingHttpHeaders, query: URLSearchParams) => boolean;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * One key opens every function, of level `admin` too: it is host key and master key in one. Without a key nothing but
 * `anonymous` is open. Digests are compared, so that neither the key's length nor its beginning shows in the time taken.
 */
export function createAuthorize(key: string | undefined): Authorize {
  const expected = key === undefined || key === "" ? undefined : digest(key);
  return (level, headers, query) => {
    if (level === "anonymous") return true;
    const header = headers["x-functions-key"];
    const given = typeof header === "string" ? header : query.get("code");
    return expected !== undefined && given !== null && timingSafeEqual(digest(given), expected);
  };
}
