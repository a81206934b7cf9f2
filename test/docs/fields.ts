export type Fields = Readonly<Record<string, unknown>>;

/** A value as an object; `name` is what the error calls it. */
export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${name}: expected an object`);
}
