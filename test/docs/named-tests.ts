import { SEPARATOR, type TestTitles } from "./test-titles.ts";

/** A test that a document names, as `file › suite › test`. */
export type NamedTest = { readonly file: string; readonly title: string };

/** A row of a table that says what shows each of its claims. `claim`: its first two cells. */
export type ShownRow = { readonly claim: string; readonly shownBy: string };

/** The heading of the column that names tests. */
const SHOWN_BY = "shown by";
const ACCEPTED = /^accepted: .{20,}/;
// Code within a line: what is in backticks, and not a fence of several lines.
const CODE = /(?<!`)`([^`\n]+)`(?!`)/g;
const SOURCE_FILE = /^(?:functions|backup|azure|desk|local|test|scripts|infra|bench|docs)\/[\w./-]+\.\w+$/;

/** Every test that a document names, wherever in it. */
export const namedTests = (markdown: string): readonly NamedTest[] =>
  codeIn(markdown).flatMap((code) => {
    const [file = "", ...names] = code.split(SEPARATOR);
    return file.startsWith("test/") && names.length > 0 ? [{ file, title: names.join(SEPARATOR) }] : [];
  });

/** Every file of this project that a document names, wherever in it. */
export const namedFiles = (markdown: string): readonly string[] =>
  [...new Set(codeIn(markdown).flatMap((code) => code.split(SEPARATOR)[0] ?? []))].filter((code) =>
    SOURCE_FILE.test(code),
  );

/** The named tests that there are not, each with where a test of that title is, if it has only moved. */
export const missingTests = (named: readonly NamedTest[], titles: TestTitles): readonly string[] =>
  named.flatMap(({ file, title }) => {
    if (titles.get(file)?.includes(title)) return [];
    const elsewhere = [...titles].flatMap(([other, its]) => (its.includes(title) ? [other] : []));
    return [`${file}: there is no test "${title}"${elsewhere.map((other) => `; ${other} has it`).join("")}`];
  });

/** The rows of every table with a column `shown by`. */
export function shownRows(markdown: string): readonly ShownRow[] {
  const rows: ShownRow[] = [];
  let column: number | undefined;
  for (const line of markdown.split("\n")) {
    const cells = cellsOf(line);
    if (cells.length === 0) column = undefined;
    else if (cells.includes(SHOWN_BY)) column = cells.indexOf(SHOWN_BY);
    else if (column !== undefined && !isRule(cells)) {
      rows.push({ claim: cells.slice(0, 2).join(" "), shownBy: cells[column] ?? "" });
    }
  }
  return rows;
}

/** Whether a row names a test, or says `accepted: ` and why. */
export const isShown = ({ shownBy }: ShownRow): boolean => namedTests(shownBy).length > 0 || ACCEPTED.test(shownBy);

const codeIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(CODE)].map(([, code = ""]) => code.replaceAll("\\|", "|"));

/** The cells of a line of a table; none for any other line. */
const cellsOf = (line: string): readonly string[] =>
  line.startsWith("|")
    ? line
        .replace(/\|\s*$/, "")
        .split(/(?<!\\)\|/)
        .slice(1)
        .map((cell) => cell.trim())
    : [];

const isRule = (cells: readonly string[]): boolean => cells.every((cell) => /^:?-+:?$/.test(cell));
