import { access, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ALL_CHECKS } from "../simulation/checks/all.ts";
import { missingTests, namedFiles, namedTests } from "./named-tests.ts";
import { readTestTitles } from "./test-titles.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const document = await readFile(`${ROOT}/docs/reliability.md`, "utf8");
const checks = ALL_CHECKS.map((make) => make().name);

/** The checks that the rows of the first table name: the cells between the promise and what shows it besides. */
const namedChecks = document
  .split("\n")
  .filter((line) => /^\| .+ \| `.+` \| `test\//.test(line))
  .flatMap((line) => [...(line.split(" | ")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));

describe("the page on reliability", () => {
  test("names only checks that the simulation makes", () => {
    expect(namedChecks.length).toBeGreaterThan(20);
    expect(namedChecks.filter((name) => !checks.includes(name))).toEqual([]);
  });

  test("names only files and tests that there are", async () => {
    const files = namedFiles(document);
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) await expect(access(`${ROOT}/${file}`), file).resolves.toBeUndefined();
    expect(missingTests(namedTests(document), await readTestTitles(ROOT))).toEqual([]);
  });
});
