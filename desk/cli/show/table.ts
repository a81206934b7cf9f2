import { plainText } from "../../words.ts";

export type Colour = "red" | "green" | "yellow";
/** A cell: its text and colour. */
export type Cell = string | { readonly text: string; readonly colour: Colour };
export type Look = {
  readonly colours: boolean;
  /** Where a row is cut; undefined where the output is no terminal, and nothing is lost. */
  readonly columns?: number | undefined;
};

const CODES = { red: 31, green: 32, yellow: 33 } as const satisfies Record<Colour, number>;
const LONGEST_CELL = 60;
const GAP = "  ";

/** A text in a colour, where there are colours. */
export const painted = (text: string, colour: Colour, { colours }: Look): string =>
  colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;

const textOf = (cell: Cell): string => plainText(typeof cell === "string" ? cell : cell.text, LONGEST_CELL);

/** Lines of aligned columns below their headings. Cells are made harmless; the last column is cut at the width. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[], look: Look): readonly string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => textOf(row[column] ?? "").length)));
  return all.map((row) => {
    let used = 0;
    const cells = row.map((cell, column) => {
      const room = look.columns === undefined ? undefined : Math.max(1, look.columns - used);
      const isLast = column === row.length - 1;
      const text = isLast && room !== undefined ? plainText(textOf(cell), room) : textOf(cell);
      const width = widths[column] ?? 0;
      used += width + GAP.length;
      const filling = isLast ? "" : " ".repeat(width - text.length);
      return `${typeof cell === "string" ? text : painted(text, cell.colour, look)}${filling}`;
    });
    return cells.join(GAP).trimEnd();
  });
}

/** Lines of names and values; a null is left out. */
export function facts(rows: readonly (readonly [name: string, value: string | null])[]): readonly string[] {
  const given = rows.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  const width = Math.max(...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${name.padEnd(width)}${GAP}${plainText(value, LONGEST_VALUE)}`);
}
const LONGEST_VALUE = 1_000;
