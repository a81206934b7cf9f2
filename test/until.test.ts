import { describe, expect, test } from "vitest";
import { until } from "./until.ts";

const SHORT_SECONDS = 0.05;

describe("waiting until something is there", () => {
  test.each([[0], [""], [null], [true]])("gives what a look gave, and %j counts as something", async (something) => {
    const looks = [undefined, false, something];
    expect(await until("something", () => looks.shift())).toBe(something);
  });

  test("says what was waited for, and for how long, after one last look at the time limit", async () => {
    const began = performance.now();
    const lookedAt: number[] = [];
    const waiting = until("the ship", async () => void lookedAt.push(performance.now() - began), SHORT_SECONDS);
    await expect(waiting).rejects.toThrow("Timed out after 0.05 s: the ship");
    expect(lookedAt.at(-1)).toBeGreaterThan(SHORT_SECONDS * 1_000);
  });

  test("ends at once with what a look throws", async () => {
    const looks: string[] = [];
    const waiting = until("nothing", () => {
      looks.push("look");
      throw new Error("the host ended");
    });
    await expect(waiting).rejects.toThrow("the host ended");
    expect(looks).toHaveLength(1);
  });
});
