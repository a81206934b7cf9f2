import * as v from "valibot";
import { HSM_NAME, JOB_ID, RUN_ID } from "./names.ts";
import { expected } from "./validation.ts";

type Issue = v.BaseIssue<unknown>;
export type Schema = v.GenericSchema;

const matching = (form: RegExp, what: string) => v.pipe(v.string(expected(what)), v.regex(form, expected(what)));

// Years 2000 to 2199 only: every instant computed from one still has a four-digit year.
const INSTANT = /^2[01]\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,7})?Z$/;
const A_COUNT = expected("a whole number from 0");

// Only rules that convert to JSON Schema: the description of the API is generated from them.
export const text = v.string(expected("a text"));
export const url = matching(/^https?:\/\/\S+$/, "a URL");
export const instant = matching(INSTANT, "an ISO 8601 time in UTC");
export const hsmName = matching(HSM_NAME, "the name of an HSM");
export const runId = matching(RUN_ID, "a run id");
export const jobId = matching(JOB_ID, "a job id");
export const count = v.pipe(v.number(A_COUNT), v.integer(A_COUNT), v.minValue(0, A_COUNT));
export const flag = v.boolean(expected("true or false"));
export const orNull = v.nullable;
/** A field that may be left out, as by an older version of the app. */
export const optional = v.exactOptional;
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  v.picklist(words, expected(`one of ${words.join(", ")}`));
export const word = <const Word extends string>(only: Word) => v.literal(only, expected(`the word ${only}`));
export const listOf = <Item extends v.GenericSchema>(item: Item) => v.array(item, expected("a list"));

/** An object with these fields. Unknown fields are kept: a newer version of the app may have written them. */
export const shape = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.looseObject(entries, (issue) => missingField(entries, issue) ?? expected("an object")(issue));

/** An object of one of these shapes, distinguished by the word in its field `key`. */
export const oneShapeOf = <Key extends string, const Shapes extends v.VariantOptions<Key>>(
  key: Key,
  words: readonly string[],
  shapes: Shapes,
) => v.variant(key, shapes, (issue) => expected(issue.path ? `one of ${words.join(", ")}` : "an object")(issue));

/** An object with these fields and no others. */
export const strictShape = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, (issue) => missingField(entries, issue) ?? otherField(entries, issue));

const otherField = (entries: v.ObjectEntries, issue: Issue): string =>
  issue.expected === "never"
    ? `expected no field but ${Object.keys(entries).join(", ")}`
    : expected("an object")(issue);

/** What was expected of a missing field. */
function missingField(entries: v.ObjectEntries, { path, input }: Issue): string | undefined {
  const key = path?.at(-1)?.key;
  const entry = input === undefined && typeof key === "string" ? entries[key] : undefined;
  return entry && v.safeParse(entry, undefined, { abortEarly: true }).issues?.[0].message;
}

/** The type of an object with these fields, deeply read-only: a stored value is never changed in place. */
export type FieldsOf<Entries extends v.ObjectEntries> = Frozen<v.InferOutput<v.ObjectSchema<Entries, undefined>>>;
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;
