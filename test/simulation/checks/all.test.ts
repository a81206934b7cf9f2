import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ALL_CHECKS } from "./all.ts";

/** A file of this folder that holds no check: its name says what it is. */
const NO_CHECK = /(\.test|-model|words|spans|samples|^all)\.ts$/;

describe("the list of all checks", () => {
  it("has every file's check, each under its own name", async () => {
    const files = (await readdir(join(import.meta.dirname))).filter((file) => !NO_CHECK.test(file));
    expect(new Set(ALL_CHECKS.map((make) => make().name)).size).toBe(files.length);
    expect(ALL_CHECKS).toHaveLength(files.length);
  });

  it("has checks that look at something", () => {
    for (const make of ALL_CHECKS) expect(make().see ?? make().atEnd).toBeDefined();
  });
});
