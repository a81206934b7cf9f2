import * as v from "valibot";
import { redact } from "./secret.ts";

/** The version of states, records and messages. A newer version of the app writes a greater one. */
export const SCHEMA_VERSION = 1;

/** The result of parsing. `newer`: written by a newer version, or with a word that this version does not know. */
export type Parsed<T> =
  | { readonly outcome: "valid"; readonly value: T }
  | { readonly outcome: "newer"; readonly problem: string }
  | { readonly outcome: "invalid"; readonly problem: string };

/** Parses a value with a `schemaVersion`, which is checked before the shape. `name`: what a problem calls the value. */
export function parseVersioned<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  name: string,
): Parsed<v.InferOutput<Schema>> {
  const version = typeof input === "object" && input !== null && "schemaVersion" in input ? input.schemaVersion : 0;
  if (typeof version === "number" && version > SCHEMA_VERSION)
    return { outcome: "newer", problem: `schemaVersion: expected at most ${SCHEMA_VERSION}, got ${version}` };
  const { success, output, issues } = v.safeParse(schema, input);
  if (success) return { outcome: "valid", value: output };
  const newWord = issues.find(isNewWord);
  if (newWord !== undefined) return { outcome: "newer", problem: problemOf(newWord, name) };
  return { outcome: "invalid", problem: problemOf(issues[0], name) };
}

/** Parses input from outside. @throws InvalidInput that names the first field that is wrong */
export function parseInput<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  name: string,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, input, { abortEarly: true });
  if (success) return output;
  throw new InvalidInput(problemOf(issues[0], name));
}

/** Input from outside that is rejected. The message names the field, what was expected and what was found. */
export class InvalidInput extends Error {
  override readonly name = "InvalidInput";
}

/** The value of a JSON text, or undefined if it is not JSON. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const LONGEST_PATH = 60;
const problemOf = (issue: v.BaseIssue<unknown>, name: string): string =>
  `${redact((v.getDotPath(issue) ?? name).slice(0, LONGEST_PATH))}: ${issue.message}`;

// States and triggers are words. Damage hardly ever turns one into another word.
const WORD = /^[A-Za-z]{1,40}$/;
const isNewWord = ({ type, input }: v.BaseIssue<unknown>): boolean =>
  (type === "picklist" || type === "variant") && typeof input === "string" && WORD.test(input);

/** The kind of a value that was not expected. Never the value, which may be a secret. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "string") return `a text of ${value.length} characters`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The message of a rule. valibot's own messages quote the value that was received. */
export const expected =
  (what: string) =>
  ({ input }: v.BaseIssue<unknown>): string =>
    `expected ${what}, got ${kindOf(input)}`;
