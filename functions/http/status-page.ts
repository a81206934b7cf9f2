import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { HttpHandler, HttpResponseInit } from "@azure/functions";

/** The build writes the page beside the bundle. */
const PAGE = new URL("./status.html", import.meta.url);

/** `GET /api/status`: the page. It holds no data, so it needs no key; it asks for one and calls the API with it. */
export const statusPage = (file: URL = PAGE): HttpHandler => {
  let answer: Promise<HttpResponseInit> | undefined;
  return () => {
    answer ??= readFile(file, "utf8").then(toAnswer);
    return answer;
  };
};

const toAnswer = (html: string): HttpResponseInit => ({
  status: 200,
  headers: {
    "Content-Type": "text/html; charset=utf-8",
    // A page of an older version would not know the answers of a newer app.
    "Cache-Control": "no-cache",
    "Content-Security-Policy": policyOf(html),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  },
  body: html,
});

/** Runs the page's own script and style, calls its own origin, and allows nothing else. https://www.w3.org/TR/CSP3/ */
const policyOf = (html: string): string =>
  [
    "default-src 'none'",
    `script-src ${hashOf(html, "script")}`,
    `style-src ${hashOf(html, "style")}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** The hash of the page's only element of this name. */
function hashOf(html: string, element: string): string {
  const start = html.indexOf(`<${element}>`) + element.length + 2;
  const inner = html.slice(start, html.indexOf(`</${element}>`, start));
  return `'sha256-${createHash("sha256").update(inner).digest("base64")}'`;
}
