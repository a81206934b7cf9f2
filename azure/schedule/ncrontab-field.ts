/** A field of an NCRONTAB expression: what it may hold. */
export type FieldKind = {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names of the values, counted from `from`. */
  readonly names?: readonly string[];
};

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** The six fields, in their order. */
export const FIELDS = [
  { name: "second", from: 0, to: 59 },
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day of month", from: 1, to: 31 },
  { name: "month", from: 1, to: 12, names: MONTHS },
  { name: "day of week", from: 0, to: 6, names: DAYS },
] as const satisfies readonly FieldKind[];

/** The values that a field matches, in order. */
export type Field = { readonly values: readonly number[] };

// One part of a list: `*`, a value or a range, and a step after any of them.
const PART = /^(?:(\*)|([a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?)(?:\/(\d{1,3}))?$/i;

/** Reads a field as NCrontab does, or tells what was expected. */
export function readField(text: string, kind: FieldKind): Field | { readonly problem: string } {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const read = readPart(part, kind);
    if (read === undefined) return { problem: expectation(kind) };
    for (const value of read) values.add(value);
  }
  return { values: [...values].toSorted((a, b) => a - b) };
}

function readPart(part: string, kind: FieldKind): readonly number[] | undefined {
  const match = PART.exec(part);
  if (match === null) return undefined;
  const [, star, first, last, stepText] = match;
  const step = Number(stepText ?? 1);
  const from = star === undefined ? valueOfName(first, kind) : kind.from;
  // A step after a single value goes on to the field's end, as NCrontab has it: 5/15 is 5, 20, 35, 50.
  const isOpen = star !== undefined || (last === undefined && stepText !== undefined);
  const to = isOpen ? kind.to : valueOfName(last ?? first, kind);
  if (from === undefined || to === undefined || from > to || step === 0) return undefined;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function valueOfName(text: string | undefined, { from, to, names = [] }: FieldKind): number | undefined {
  if (text === undefined) return undefined;
  const place = names.indexOf(text.toUpperCase());
  const value = place === -1 ? (/^\d+$/.test(text) ? Number(text) : Number.NaN) : from + place;
  return value >= from && value <= to ? value : undefined;
}

function expectation({ name, from, to, names }: FieldKind): string {
  const named = names === undefined ? "" : ` or ${names[0]} to ${names.at(-1)}`;
  const sunday = name === "day of week" ? ", 0 is Sunday" : "";
  return `in the field ${name}, expected *, or values from ${from} to ${to}${named}${sunday}, as a list (1,2), range (1-5) or with a step (*/2)`;
}
