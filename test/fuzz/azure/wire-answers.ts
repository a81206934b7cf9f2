import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { Wire } from "./wire-server.ts";

export type Headers = readonly (readonly [string, string])[];

type HttpWire = Wire & { readonly bytes: Buffer };

/** An answer as HTTP has it. Names and values of headers go out as they are, twice where they are named twice. */
export function http(status: number, headers: Headers, body: string | Buffer = ""): HttpWire {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const lines = [["content-length", String(bytes.length)], ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} Whatever\r\n${lines.join("")}\r\n`;
  return { when: "request", bytes: Buffer.concat([Buffer.from(head, "latin1"), bytes]), after: "keep" };
}

const cut = (whole: HttpWire, at: number, after: Wire["after"]): Wire => ({
  ...whole,
  bytes: whole.bytes.subarray(0, at),
  after,
});

const raw = (text: string, after: Wire["after"] = "reset"): Wire => ({ when: "request", bytes: text, after });
const lineOf = (status: string): string => `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n`;

/** Answers of which a client can make nothing, or never the whole. `good` is what would have been right. */
export function brokenWires(good: string): readonly (readonly [string, Wire])[] {
  const ok = http(200, [["content-type", "application/json"]], good);
  const headLength = ok.bytes.length - Buffer.byteLength(good);
  const long = "x".repeat(200_000);
  return [
    ["closes at once", { when: "connection", bytes: "", after: "reset" }],
    ["talks first, and no TLS", { when: "connection", bytes: lineOf("400 Bad Request"), after: "end" }],
    ["closes after the request", raw("")],
    ["closes after half a head", cut(ok, headLength >> 1, "reset")],
    ["ends after half a head", cut(ok, headLength >> 1, "end")],
    ["closes after half a body", cut(ok, headLength + (good.length >> 1), "reset")],
    ["stalls after half a body", cut(ok, headLength + (good.length >> 1), "keep")],
    ["has no length that is a number", raw(`${lineOf("200 OK")}content-length: many\r\n\r\n${good}`)],
    ["has two lengths", raw(`${lineOf("200 OK")}content-length: 5\r\ncontent-length: 900\r\n\r\n${good}`)],
    ["has a negative length", raw(`${lineOf("200 OK")}content-length: -1\r\n\r\n${good}`)],
    ["has bad chunks", raw(`${lineOf("200 OK")}transfer-encoding: chunked\r\n\r\nzz\r\n${good}`)],
    ["ends in the middle of a chunk", raw(`${lineOf("200 OK")}transfer-encoding: chunked\r\n\r\nfff\r\n${good}`)],
    ["isn't HTTP", raw("SSH-2.0-OpenSSH_9.6\r\n")],
    ["is binary", { when: "request", bytes: Buffer.from([0, 255, 22, 3, 1, 0, 10, 13, 10]), after: "end" }],
    ["has no status", raw(lineOf("abc Unknown"))],
    ["has status 1000", raw(`${lineOf("1000 Large")}\r\n`)],
    ["has a header that never ends", raw(`${lineOf("200 OK")}x-long: ${long}`, "keep")],
    ["has headers that never end", raw(`${lineOf("200 OK")}x-drop: `, "trickle")],
    ["has a body that never ends", raw(`${lineOf("200 OK")}\r\n`, "trickle")],
    ["says 100 and no more", raw("HTTP/1.1 100 Continue\r\n\r\n", "keep")],
    ["says 103 twice and no more", raw("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n", "keep")],
    ["says 101", raw("HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n", "keep")],
    ["says nothing", raw("", "keep")],
  ];
}

/** Whether only the client's own time limit ends the call. */
export const isLeftOpen = ({ after }: Wire): boolean => after === "keep" || after === "trickle";

/** The good answer, with something wrong around it that may be ignored or not. */
export function strangeWires(good: string): readonly (readonly [string, Wire])[] {
  return [
    ["claims gzip", http(200, [["content-encoding", "gzip"]], good)],
    ["claims deflate", http(200, [["content-encoding", "deflate"]], good)],
    ["is gzip cut short", http(200, [["content-encoding", "gzip"]], gzipSync(good).subarray(0, 20))],
    ["claims br of an unknown kind", http(200, [["content-encoding", "br, x-unknown"]], good)],
    ["has another type", http(200, [["content-type", "image/png; charset=\u00ff"]], good)],
    [
      "has each header twice",
      http(
        200,
        [
          ["content-type", "a/b"],
          ["content-type", "c/d"],
          ["retry-after", "1"],
          ["retry-after", "x"],
        ],
        good,
      ),
    ],
    ["has a length that is too short", raw(`${lineOf("200 OK")}content-length: 5\r\n\r\n${good}`)],
    [
      "has more than its length",
      raw(`${lineOf("200 OK")}content-length: ${Buffer.byteLength(good)}\r\n\r\n${good}HTTP/1.1 500 Again\r\n\r\n`),
    ],
    ["has a byte order mark", http(200, [], `\ufeff${good}`)],
    ["is in UTF-16", http(200, [], Buffer.from(good, "utf16le"))],
  ];
}

/** Any status with or without a body. Below 200 nothing is an answer yet. */
export const statuses: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(200, 202, 204, 206, 304, 400, 401, 403, 404, 409, 412, 413, 429, 500, 503),
  fc.integer({ min: 200, max: 599 }),
);

/** Where a header may point that should not be followed. */
export const locationsAt = (origin: string): readonly string[] => [
  `${origin}/backup/45aacd568ab049a2803861e8dd3ae21f/pending`,
  `${origin.replace(/^\w+:/, "")}/contoso`,
  `${origin}`,
  "/elsewhere",
  "../..",
  "not a URL ::",
  "file:///etc/passwd",
  "http://user:password@[::1",
  "",
];

export const retryAfters: fc.Arbitrary<string> = fc.constantFrom(
  "-1",
  "0",
  "99999999999999999999",
  "1e9",
  "NaN",
  "Infinity",
  "",
  "  5  ",
  "soon",
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "Fri, 31 Dec 9999 23:59:59 GMT",
  "Mon, 99 Nov 2026 99:99:99 GMT",
  "5, 7",
);
