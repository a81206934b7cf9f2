import { type Instant, isInstant } from "./instant.ts";
import { redact } from "./secret.ts";

/** A field from outside that isn't what it should be. The message names the field, what was expected and what was got. */
export class BadField extends Error {
  override readonly name = "BadField";
  readonly field: string;

  constructor(field: string, expected: string, got: unknown) {
    super(`${field}: expected ${expected}, got ${describe(got)}`);
    this.field = field;
  }

  /** The same problem, named from the object around it: `attempts[0].id`. */
  within(parent: string): BadField {
    const outer = new BadField(`${parent}.${this.field}`, "", undefined);
    outer.message = `${parent}.${this.message}`;
    return outer;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

const SHOWN = 60;
/** More of it is neither shown nor searched for secrets. */
const READ_FOR_SHOWING = 1_000;

/** A value as an error shows it: its kind or its first characters, and nothing that looks like a secret. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  const text = redact(String(value).slice(0, READ_FOR_SHOWING));
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return typeof value === "string" ? JSON.stringify(shown) : shown;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value as an object; `name` is what an error calls it. */
export function fieldsOf(value: unknown, name: string): Fields {
  if (!isFields(value)) throw new BadField(name, "an object", value);
  return value;
}

/** Makes a reader of one field from a test of its value. */
const reader =
  <T>(expected: string, accepts: (value: unknown) => value is T) =>
  (from: Fields, field: string): T => {
    const value = from[field];
    if (!accepts(value)) throw new BadField(field, expected, value);
    return value;
  };

const isText = (value: unknown): value is string => typeof value === "string";
const isVersion = (value: unknown): value is number => isCount(value) && value > 0;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
// `URL` forgives blanks at the ends, which are none any more once a path is put behind them.
const isUrl = (value: unknown): value is string => isText(value) && /^\S+$/.test(value) && URL.canParse(value);
const orNull =
  <T>(accepts: (value: unknown) => value is T) =>
  (value: unknown): value is T | null =>
    value === null || accepts(value);

export const text: (from: Fields, field: string) => string = reader("a text", isText);
export const textOrNull: (from: Fields, field: string) => string | null = reader("a text or null", orNull(isText));
export const texts: (from: Fields, field: string) => readonly string[] = reader("a list of texts", isTexts);
export const count: (from: Fields, field: string) => number = reader("a whole number from 0", isCount);
export const versionNumber: (from: Fields, field: string) => number = reader("a version, from 1", isVersion);
export const countOrNull: (from: Fields, field: string) => number | null = reader(
  "a whole number from 0 or null",
  orNull(isCount),
);
export const instant: (from: Fields, field: string) => Instant = reader("an ISO 8601 time in UTC", isInstant);
export const instantOrNull: (from: Fields, field: string) => Instant | null = reader(
  "an ISO 8601 time in UTC or null",
  orNull(isInstant),
);

export const url: (from: Fields, field: string) => string = reader("a URL", isUrl);

/** One of a fixed set of words. */
export function oneOf<T extends string>(from: Fields, field: string, words: readonly T[]): T {
  const found = words.find((word) => word === from[field]);
  if (found === undefined) throw new BadField(field, `one of ${words.join(", ")}`, from[field]);
  return found;
}

/** A list of objects, each read by `read`. */
export function list<T>(from: Fields, field: string, read: (item: Fields) => T): readonly T[] {
  const value = from[field];
  if (!Array.isArray(value)) throw new BadField(field, "a list", value);
  return value.map((item: unknown, index) => readWithin(`${field}[${index}]`, item, read));
}

/** An object or null, read by `read`. */
export function nested<T>(from: Fields, field: string, read: (item: Fields) => T): T | null {
  const value = from[field];
  return value === null ? null : readWithin(field, value, read);
}

function readWithin<T>(name: string, value: unknown, read: (item: Fields) => T): T {
  const fields = fieldsOf(value, name);
  try {
    return read(fields);
  } catch (thrown) {
    throw thrown instanceof BadField ? thrown.within(name) : thrown;
  }
}

/** The name of a field that nobody asked for, as an error may show it. */
export const shownName = (name: string): string => redact(name.slice(0, READ_FOR_SHOWING)).slice(0, SHOWN);

const DEEPEST = 100;

/** The text as JSON; `name` is what an error calls it. What is nested deeper than any of ours could be read, but not written. */
export function parseJson(json: string, name: string): unknown {
  if (depthOf(json) > DEEPEST)
    throw new BadField(name, `JSON nested at most ${DEEPEST} deep`, `${json.length} characters`);
  try {
    return JSON.parse(json);
  } catch {
    throw new BadField(name, "JSON", `${json.length} characters that are not`);
  }
}

/** How deep it is nested at most; no more than what is opened in all, which is much quicker counted. */
function depthOf(json: string): number {
  const opened = json.match(/[[{]/g)?.length ?? 0;
  if (opened <= DEEPEST) return opened;
  let depth = 0;
  let deepest = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/g)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth--;
  }
  return deepest;
}
