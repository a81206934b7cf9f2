import { expect, test } from "vitest";
import { parseRetryAfter } from "../../../azure/managed-hsm/hsm-request.ts";

const NOW = new Date("2026-11-23T02:00:00Z");

test.each([
  ["10", 10_000],
  [" 5 ", 5_000],
  ["0", 0],
  ["Mon, 23 Nov 2026 02:00:05 GMT", 5_000],
  ["Mon, 23 Nov 2026 01:59:00 GMT", 0],
  ["86400", 86_400_000],
  ["999999999", 999_999_999_000],
  ["Tue, 24 Nov 2026 02:00:00 GMT", 86_400_000],
])("a Retry-After of %j is %i ms", (header, expected) => {
  expect(parseRetryAfter(header, NOW)).toBe(expected);
});

test.each([
  undefined,
  "",
  "-5",
  "1.5",
  "1e9",
  "soon",
  "10 seconds",
  "2026-11-23T02:00:05Z",
  "Mon, 99 Foo 2026 02:00:05 GMT",
])("a Retry-After of %j is none", (header) => {
  expect(parseRetryAfter(header, NOW)).toBeNull();
});
