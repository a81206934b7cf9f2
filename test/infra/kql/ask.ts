import type { Result } from "./workspace.ts";
import { openWorkspace, type Row } from "./workspace.ts";

const SCHEMAS = {
  T: [
    { name: "TimeGenerated", type: "datetime" },
    { name: "Text", type: "string" },
    { name: "Number", type: "long" },
    { name: "Fraction", type: "real" },
    { name: "Flag", type: "bool" },
    { name: "Bag", type: "dynamic" },
  ],
};

export const NOW = Date.parse("2026-11-23T12:00:00Z");
const DAY_MILLISECONDS = 86_400_000;

export type Given = Partial<
  Readonly<Record<"Text" | "Number" | "Fraction" | "Flag" | "Bag" | "TimeGenerated", string | number | boolean | null>>
>;

/** The rows of a query's result over a table `T`, at noon, looking back a day. */
export async function ask(query: string, given: readonly Given[] = [{}]): Promise<readonly Result["row"][]> {
  const rows = given.map(
    (row): Row => ({ ...row, TimeGenerated: String(row.TimeGenerated ?? "2026-11-23T10:00:00Z") }),
  );
  const workspace = await openWorkspace(SCHEMAS, { T: rows });
  try {
    return (await workspace.run(query, [{ at: NOW, from: NOW - DAY_MILLISECONDS }])).map(({ row }) => row);
  } finally {
    workspace.close();
  }
}

/** The value of an expression over one row. */
export const evaluate = async (expression: string, given: Given = {}): Promise<unknown> =>
  (await ask(`T | project Value = ${expression}`, [given]))[0]?.Value;
