import { expect } from "vitest";
import type { Answer, AppHandlers } from "../functions/app-handlers.ts";
import { isClean } from "./any-text.ts";

/** Longer than any sentence that names a field, what was expected, and 60 characters of what came. */
const LONGEST_MESSAGE = 600;
const STACK = /\n\s+at |\.[tj]s:\d+|node_modules/;

/** An error as every answer has it: ours, bounded, naming the field where the request is bad, with no stack and no secret. */
export function expectProperError({ status, text, body }: Answer): void {
  expect(body).toEqual({ error: { code: expect.stringMatching(/^\w+$/), message: expect.any(String) } });
  expect(text.length).toBeLessThan(LONGEST_MESSAGE);
  expect(text).not.toMatch(STACK);
  expect(isClean(text), text).toBe(true);
  if (status === 400) expect(text).toMatch(/: expected |the body is not valid JSON/);
}

/** Whatever came before, a backup can be listed, and started where none runs. */
export async function expectStillWorking(app: AppHandlers): Promise<void> {
  expect((await app.list()).status).toBe(200);
  expect([202, 409]).toContain((await app.post('{"hsm":"contoso"}')).status);
  expect((await app.post('{"hsm":"contoso"}')).status).toBe(409);
}
