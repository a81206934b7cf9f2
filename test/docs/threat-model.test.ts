import { access, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { isShown, missingTests, namedFiles, namedTests, shownRows } from "./named-tests.ts";
import { readTestTitles } from "./test-titles.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const document = await readFile(`${ROOT}/docs/threat-model.md`, "utf8");
const titles = await readTestTitles(ROOT);
const named = namedTests(document);
const rows = shownRows(document);

/** `1.2 S: …`: number, and letters of STRIDE. */
const NUMBERED = /^(\d\.\d+) [STRIDE](?:, [STRIDE])*: /;

describe("the threat model", () => {
  test("names only tests that there are", () => {
    expect(named.length).toBeGreaterThan(65);
    expect(missingTests(named, titles)).toEqual([]);
  });

  test("would miss any of its tests that is renamed or moved", () => {
    for (const { file, title } of named) {
      const renamed = (titles.get(file) ?? []).map((each) => (each === title ? `${each}, another name` : each));
      expect(missingTests(named, new Map([...titles, [file, renamed]])), title).not.toEqual([]);
    }
    const [first] = named;
    const moved = new Map([...titles].filter(([file]) => file !== first?.file));
    expect(missingTests(named, moved)).not.toEqual([]);
  });

  test("shows or accepts each threat", () => {
    expect(rows.length).toBeGreaterThan(80);
    expect(rows.filter((row) => !isShown(row)).map(({ claim }) => claim)).toEqual([]);
  });

  test("numbers each threat once, and says of which kind it is", () => {
    const numbers = rows.map(({ claim }) => NUMBERED.exec(claim)?.[1] ?? claim);
    expect(numbers.filter((number, index) => !/^\d\.\d+$/.test(number) || numbers.indexOf(number) !== index)).toEqual(
      [],
    );
  });

  test("has each kind of threat, and each of its references", () => {
    const kinds = rows.flatMap(({ claim }) => NUMBERED.exec(claim)?.[0].match(/[STRIDE](?=[,:])/g) ?? []);
    expect([...new Set(kinds)].toSorted().join("")).toBe("DEIRST");
    const numbers = rows.map(({ claim }) => claim.split(" ")[0]);
    const references = [...document.matchAll(/(?<![\w.])(\d\.\d{1,2})(?![\w.]*\d)(?=[),;:. ])/g)].map(
      ([, number]) => number,
    );
    expect(references.filter((number) => !numbers.includes(number))).toEqual([]);
  });

  test("names only files that there are", async () => {
    const files = namedFiles(document);
    const gone = files.map((file) =>
      access(`${ROOT}/${file}`).then(
        () => [],
        () => [file],
      ),
    );
    expect(files.length).toBeGreaterThan(20);
    expect((await Promise.all(gone)).flat()).toEqual([]);
  });
});
