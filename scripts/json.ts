/** A JSON object from outside: nothing is known of its fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object. @throws an error that calls it `name` */
export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${name}: expected an object`);
  return Object.fromEntries(Object.entries(value));
}

export const parseFields = (json: string, name: string): Fields => fieldsOf(JSON.parse(json), name);

export function text(from: Fields, field: string): string {
  const value = from[field];
  if (typeof value !== "string") throw new Error(`${field}: expected a text`);
  return value;
}

export function texts(from: Fields, field: string): readonly string[] {
  const value = from[field];
  if (!Array.isArray(value)) throw new Error(`${field}: expected a list of texts`);
  return value.map(String);
}

/** A list of objects. */
export function list(from: Fields, field: string): readonly Fields[] {
  const value = from[field];
  if (!Array.isArray(value)) throw new Error(`${field}: expected a list`);
  return value.map((item: unknown) => fieldsOf(item, field));
}
