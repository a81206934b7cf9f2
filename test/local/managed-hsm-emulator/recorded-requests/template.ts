import { expect } from "vitest";

/** JSON whose strings hold `{names}`: of values, or of what changes with each run. */
export type Template = string | number | boolean | null | { readonly [field: string]: Template };

export type Values = Map<string, string>;

const NAME = /\{(\w+)\}/g;
const CHANGING: Readonly<Record<string, string>> = { number: "\\d+", hex: "[0-9a-f]{32}" };
/** A time, as a number of seconds; the only one that stands for no text. */
const SECONDS = "{seconds}";

/** The template with its values. @throws where one isn't known */
export function fill(template: Template, values: Values): Template {
  if (typeof template === "string") return template.replaceAll(NAME, (_, name) => knownValue(name, values));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([field, inner]) => [field, fill(inner, values)]));
}

/** What an answer must be like. */
export function like(template: Template, values: Values): unknown {
  if (template === SECONDS) return expect.any(Number);
  if (typeof template === "string") {
    // With the pattern's pieces at the odd places, and plain text between them.
    const pieces = template.split(NAME);
    const pattern = pieces.map((piece, index) =>
      index % 2 === 0 ? escapePattern(piece) : (CHANGING[piece] ?? escapePattern(knownValue(piece, values))),
    );
    return expect.stringMatching(new RegExp(`^${pattern.join("")}$`));
  }
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([field, inner]) => [field, like(inner, values)]));
}

function knownValue(name: string, values: Values): string {
  const value = values.get(name);
  if (value === undefined) throw new Error(`No value is known for {${name}}.`);
  return value;
}

const escapePattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
