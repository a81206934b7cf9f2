import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answer } from "../functions/app-handlers.ts";
import { anyJson, anyKey, anyText, isClean } from "./any-text.ts";
import { expectProperError, expectStillWorking } from "./proper-answer.ts";
import { ledgerOf, settledWorld } from "./settled-world.ts";

const NAMES = ["contoso", "fabrikam"];
const NUL = "\u0000";
const LAST_BYTE = "\u00ff";
const MEGABYTE = 1024 * 1024;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const anyName = fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...NAMES) }, { weight: 2, arbitrary: anyText });

/** JSON by hand, so that a name may come twice and a number may be too large for one. */
const byHand = fc.oneof(
  fc.tuple(anyName, anyName).map(([a, b]) => `{"hsm":${JSON.stringify(a)},"hsm":${JSON.stringify(b)}}`),
  fc.tuple(anyName, anyKey, anyJson).map(([name, key, value]) => {
    return `{"hsm":${JSON.stringify(name)},${JSON.stringify(key)}:${JSON.stringify(value)}}`;
  }),
  fc.constantFrom("1e999", "-1e999", "9".repeat(400), "NaN", "Infinity", "0x10", "'contoso'", "undefined").map((n) => {
    return `{"hsm":${n}}`;
  }),
  fc.tuple(fc.constantFrom("[", '{"hsm":', '{"__proto__":'), fc.integer({ min: 1, max: 4_000 })).map(([open, n]) => {
    return open.repeat(n);
  }),
  fc.integer({ min: 1, max: 4_000 }).map((n) => `${"[".repeat(n)}${"]".repeat(n)}`),
  fc.integer({ min: 1, max: 2_000 }).map((n) => `${'{"hsm":'.repeat(n)}"contoso"${"}".repeat(n)}`),
);

const anyBody: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 4, arbitrary: byHand.map(bytesOf) },
  { weight: 3, arbitrary: anyJson.map((value) => bytesOf(JSON.stringify(value))) },
  { weight: 2, arbitrary: anyName.map((hsm) => bytesOf(JSON.stringify({ hsm }))) },
  { weight: 2, arbitrary: anyText.map(bytesOf) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  // A BOM before, and half a character within.
  { weight: 1, arbitrary: anyName.map((hsm) => bytesOf(`\ufeff${JSON.stringify({ hsm })}`)) },
  { weight: 1, arbitrary: fc.constant(new Uint8Array([...bytesOf('{"hsm":"contoso'), 0xc3, 0x28, ...bytesOf('"}')])) },
  { weight: 1, arbitrary: fc.constantFrom(MEGABYTE, 17_000).map((size) => bytesOf(`{"hsm":"${"x".repeat(size)}"}`)) },
);

// A header holds one byte per character, and none of NUL, CR and LF: with those it doesn't reach any handler.
const isHeaderByte = (letter: string): boolean => letter > NUL && letter <= LAST_BYTE && !"\r\n".includes(letter);
const anyHeader = fc
  .oneof(
    fc.string({ unit: fc.integer({ min: 1, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 300 }),
    fc.constantFrom("", "k", "a, b", "k".repeat(256), "k".repeat(60_000), "ключ", "\u0001", "Bearer x"),
  )
  .map((text) => [...text].filter(isHeaderByte).join(""));
const HEADERS = ["content-type", "content-length", "content-encoding", "traceparent", "x-forwarded-host", "if-match"];
const anyHeaders = fc.dictionary(fc.constantFrom(...HEADERS), anyHeader, { maxKeys: 4 });

function expectProper(answer: Answer, lines: readonly string[]): void {
  expect([202, 400, 404, 409]).toContain(answer.status);
  expect(isClean(lines.join("\n"))).toBe(true);
  if (answer.status !== 202) {
    expectProperError(answer);
    return;
  }
  expect(answer.body).toMatchObject({ hsm: expect.stringMatching(/^(contoso|fabrikam)$/) });
  expect(answer.location).toMatch(/^\/api\/backups\/(contoso|fabrikam)\/\d{8}T\d{6}Z-m-\w{8}$/);
}

describe("a manual start that is asked for in any way", () => {
  test("with any body is accepted or refused by name, and what is refused leaves no trace", async () => {
    await fc.assert(
      fc.asyncProperty(anyBody, anyHeaders, async (body, headers) => {
        const { world, app } = await settledWorld();
        const before = ledgerOf(world);
        const answer = await app.ask("manualBackup", { body, headers });
        expectProper(answer, app.lines);
        if (answer.status !== 202) {
          expect(ledgerOf(world)).toBe(before);
          expect(world.queue.all()).toEqual([]);
        }
        await expectStillWorking(app);
      }),
      { numRuns: 120 },
    );
  });

  test("with any Idempotency-Key is accepted only where that is printable ASCII, and the same one gives the same run", async () => {
    await fc.assert(
      fc.asyncProperty(anyHeader, async (key) => {
        const { world, app } = await settledWorld();
        const before = ledgerOf(world);
        const asked = { body: bytesOf('{"hsm":"contoso"}'), headers: { "idempotency-key": key } };
        const answer = await app.ask("manualBackup", asked);
        expectProper(answer, app.lines);
        // The worker's Headers take the blanks at both ends away.
        const isFine = /^[\x21-\x7e]{1,255}$/.test(key.replace(/^[ \t]+|[ \t]+$/g, ""));
        expect(answer.status).toBe(isFine ? 202 : 400);
        if (isFine) expect((await app.ask("manualBackup", asked)).location).toBe(answer.location);
        else expect(ledgerOf(world)).toBe(before);
        const kept = [...world.blobs.blobs.keys()].map((name) => world.blobs.textOf(name)).join("\n");
        if (key.length > 8) expect(kept + app.lines.join("\n") + answer.text).not.toContain(JSON.stringify(key));
        await expectStillWorking(app);
      }),
      { numRuns: 60 },
    );
  });
});
