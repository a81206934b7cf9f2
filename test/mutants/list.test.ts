import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { describe, expect, test } from "vitest";
import { mutatedFiles } from "./apply-mutation.ts";
import { ALL_MUTATIONS } from "./list/all.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const FEWEST = 24;

describe("the list of mutations", () => {
  test("is long enough, and every name and reason is a mutation's own", () => {
    expect(ALL_MUTATIONS.length).toBeGreaterThanOrEqual(FEWEST);
    expect(new Set(ALL_MUTATIONS.map(({ name }) => name)).size).toBe(ALL_MUTATIONS.length);
    expect(ALL_MUTATIONS.filter(({ name, why }) => name === "" || why === "")).toEqual([]);
  });

  test("changes the product, and neither its tests nor the fakes", () => {
    const files = ALL_MUTATIONS.flatMap(({ edits }) => edits.map(({ file }) => file));
    expect(files.filter((file) => !/^(backup|functions)\/[a-z-]+\.ts$/.test(file))).toEqual([]);
  });

  test("has no mutation twice under two names", () => {
    const changes = ALL_MUTATIONS.map(({ edits }) => JSON.stringify(edits));
    expect(new Set(changes).size).toBe(changes.length);
  });

  test.each(ALL_MUTATIONS.map((mutation) => [mutation.name, mutation] as const))(
    "%s: applies to today's source, and the files still parse",
    async (_name, mutation) => {
      const files = await mutatedFiles(PROJECT, mutation);
      for (const [file, text] of files) {
        const { code } = await transform(text, { loader: "ts", sourcefile: file });
        expect(code, file).not.toBe("");
      }
      expect(files.size).toBeGreaterThan(0);
    },
  );
});
