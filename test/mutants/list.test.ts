import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { describe, expect, test } from "vitest";
import { mutatedFile } from "./apply-mutation.ts";
import { ALL_MUTATIONS } from "./list/all.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

describe("the list of mutations", () => {
  test("is long enough, each under a name of its own, and none twice", () => {
    expect(ALL_MUTATIONS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(ALL_MUTATIONS.map(({ name }) => name)).size).toBe(ALL_MUTATIONS.length);
    const changes = ALL_MUTATIONS.map(({ file, find, replace }) => `${file} ${find} ${replace}`);
    expect(new Set(changes).size).toBe(changes.length);
  });

  test("applies to today's source of the product, and the files still parse", async () => {
    for (const mutation of ALL_MUTATIONS) {
      expect(mutation.file).toMatch(/^(backup|functions)\/[a-z-/]+\.ts$/);
      const { code } = await transform(await mutatedFile(PROJECT, mutation), { loader: "ts" });
      expect(code, mutation.name).not.toBe("");
    }
  });
});
