/** What the bench wants of a figure, and what came of it. `why`: the reason where it isn't met. */
export type Target = {
  readonly name: string;
  readonly target: string;
  readonly result: string;
  readonly met: boolean;
  readonly why?: string;
};

export type Table = {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** One part of the bench. */
export type Section = { readonly tables: readonly Table[]; readonly targets: readonly Target[] };

/** A figure that must not be greater than `most`. */
export const atMost = (name: string, most: number, result: number, unit = "", why?: string): Target => ({
  name,
  target: `at most ${shown(most)}${unit}`,
  result: `${shown(result)}${unit}`,
  met: result <= most,
  ...(why !== undefined && result > most && { why }),
});

export const shown = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 1 ? 3 : Math.abs(value) < 10 ? 2 : 1);

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value that so large a share of all values doesn't exceed. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

/** A table as text, its columns aligned. */
export function tableText({ title, columns, rows }: Table): string {
  const widths = columns.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  return [`\n${title}`, line(columns), ...rows.map(line)].map((text) => text.trimEnd()).join("\n");
}

export const targetsTable = (targets: readonly Target[]): Table => ({
  title: "Targets",
  columns: ["", "target", "result", "met", ""],
  rows: targets.map(({ name, target, result, met, why = "" }) => [name, target, result, met ? "yes" : "NO", why]),
});
