import { describe, expect, test } from "vitest";
import { isShown, missingTests, namedFiles, namedTests, shownRows } from "./named-tests.ts";
import { titlesIn } from "./test-titles.ts";

const SOURCE = `
  import { describe, it, test } from "vitest";
  test("alone", () => {});
  describe("outer", () => {
    beforeAll(async () => { await /a/.test("no title"); });
    it("first", { timeout: 9 }, async ({ signal }: { signal: AbortSignal }) => {});
    describe.concurrent("inner", () => {
      test.concurrent("second", () => {});
      test.each<[string]>([["x"]])("with %s", (_each: string) => {});
      test.concurrent.for(ROWS)("for $name", () => {});
      for (const row of ROWS) test(\`of \${row.name}\`, () => {});
    });
    test.skip("skipped", () => {});
    test.todo("to be written");
  });
  describe.skip("left out", () => test("never run", () => {}));
  export const contract = (who: string) => describe(who, () => test("long " + "title", () => {}));
`;

describe("the titles of a source", () => {
  test("are those of every test that is run, with the suites around it", () => {
    expect(titlesIn(SOURCE)).toEqual([
      "alone",
      "outer › first",
      "outer › inner › second",
      "outer › inner › with %s",
      "outer › inner › for $name",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a title as it is written in a source.
      "outer › inner › of ${row.name}",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the same.
      "${who} › long title",
    ]);
  });
});

describe("a document that names tests", () => {
  const DOCUMENT = [
    "```mermaid",
    "flowchart",
    "```",
    "See `backup/secret.ts`, `npm test`, `test/a.test.ts › alone` and `test/`.",
    "| threat | shown by |",
    "| --- | :-- |",
    "| a theft | `test/a.test.ts › outer › a \\| b`, `test/gone.test.ts › x` |",
    "| a flood | accepted: nobody can do anything about it here |",
    "| a lie | accepted: no |",
    "| a gap | |",
    "",
    "| word | meaning |",
    "| --- | --- |",
    "| run | one backup |",
  ].join("\n");
  const TITLES = new Map([["test/a.test.ts", ["alone", "outer › a | b"]]]);

  test("is read for its tests and files, in text and tables", () => {
    expect(namedTests(DOCUMENT)).toEqual([
      { file: "test/a.test.ts", title: "alone" },
      { file: "test/a.test.ts", title: "outer › a | b" },
      { file: "test/gone.test.ts", title: "x" },
    ]);
    expect(namedFiles(DOCUMENT)).toEqual(["backup/secret.ts", "test/a.test.ts", "test/gone.test.ts"]);
  });

  test("is checked for tests that are missing", () => {
    expect(missingTests(namedTests(DOCUMENT), TITLES)).toEqual(['test/gone.test.ts: there is no test "x"']);
    const moved = new Map([...TITLES, ["test/b.test.ts", ["x"]]]);
    expect(missingTests(namedTests(DOCUMENT), moved)).toEqual([
      'test/gone.test.ts: there is no test "x"; test/b.test.ts has it',
    ]);
    const renamed = new Map([["test/a.test.ts", ["alone", "outer › another name"]]]);
    expect(missingTests(namedTests("`test/a.test.ts › outer › a \\| b`"), renamed)).toEqual([
      'test/a.test.ts: there is no test "outer › a | b"',
    ]);
  });

  test("has to show or accept each row of a table with that column, and of no other table", () => {
    expect(shownRows(DOCUMENT).map((row) => [row.claim.split(" ")[1], isShown(row)])).toEqual([
      ["theft", true],
      ["flood", true],
      ["lie", false],
      ["gap", false],
    ]);
  });
});
