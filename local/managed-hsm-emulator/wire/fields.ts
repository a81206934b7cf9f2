import { badParameter } from "./key-vault-error.ts";

export type Fields = Readonly<Record<string, unknown>>;

export type NumberLimits = { readonly min: number; readonly max?: number; readonly whole?: boolean };

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Narrows a JSON value to an object. As the service does, it ignores fields that it doesn't know.
 * @param where what the message calls the object, with a dot after it; empty for the whole body
 * @throws Refusal 400 that names the object
 */
export function parseFields(value: unknown, where = ""): Fields {
  if (!isFields(value)) {
    throw badParameter(
      where === "" ? "The body has to be a JSON object." : `${where.slice(0, -1)}: expected an object.`,
    );
  }
  return value;
}

/** As `parseFields`, and refuses fields other than `known`: for the control address, where each is a typo of a test. */
export function parseKnownFields(value: unknown, where: string, known: readonly string[]): Fields {
  const fields = parseFields(value, where);
  const unknownName = Object.keys(fields).find((name) => !known.includes(name));
  if (unknownName !== undefined) throw badParameter(`${where}${unknownName}: unknown field.`);
  return fields;
}

export function optionalString(fields: Fields, name: string, where = ""): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badParameter(`${where}${name}: expected a string.`);
  return value;
}

export function requiredString(fields: Fields, name: string, where = ""): string {
  const value = optionalString(fields, name, where);
  if (value === undefined || value === "") throw badParameter(`${where}${name}: required.`);
  return value;
}

export function optionalBoolean(fields: Fields, name: string, where = ""): boolean | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw badParameter(`${where}${name}: expected true or false.`);
  return value;
}

export function optionalNumber(fields: Fields, name: string, limits: NumberLimits, where = ""): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const { min, max = Number.MAX_SAFE_INTEGER, whole = false } = limits;
  if (typeof value !== "number" || !(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
    const kind = whole ? "a whole number" : "a number";
    const range = limits.max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
    throw badParameter(`${where}${name}: expected ${kind} ${range}.`);
  }
  return value;
}

export function requiredNumber(fields: Fields, name: string, limits: NumberLimits, where = ""): number {
  const value = optionalNumber(fields, name, limits, where);
  if (value === undefined) throw badParameter(`${where}${name}: required.`);
  return value;
}

export function optionalStrings(fields: Fields, name: string, where = ""): readonly string[] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw badParameter(`${where}${name}: expected a list of strings.`);
  return value.map((item: unknown) => {
    if (typeof item !== "string") throw badParameter(`${where}${name}: expected a list of strings.`);
    return item;
  });
}

/** An object whose values are all strings: tags, headers, a JWK. */
export function optionalStringMap(
  fields: Fields,
  name: string,
  where = "",
): Readonly<Record<string, string>> | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!isFields(value)) throw badParameter(`${where}${name}: expected an object.`);
  const map: Record<string, string> = {};
  for (const key of Object.keys(value)) map[key] = optionalString(value, key, `${where}${name}.`) ?? "";
  return map;
}
