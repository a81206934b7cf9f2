import { BadField, type Fields, fieldsOf } from "../../backup/fields.ts";
import type { JobError } from "../../backup/job-report.ts";
import { type Clean, LONGEST } from "../service-words.ts";

/** Nested errors that are read; the reference sets no bound. */
const DEEPEST = 20;
/** Our own code for an error of the service that has none. */
export const NO_CODE = "noErrorCode";

/**
 * Reads an `Error` of the REST reference. Null where there is none: while a job runs it is null, absent, or an object of
 * nulls. @throws BadField where code or message is of another type
 */
export function parseError(error: unknown, clean: Clean): JobError | null {
  if (error === undefined || error === null) return null;
  const fields = objectOf(error, "error", clean);
  const code = wordsOf(fields, "code");
  const message = wordsOf(fields, "message");
  const nested = innerErrors(fields.innererror);
  if (code === "" && message === "" && nested.length === 0) return null;
  return {
    // A code of hidden characters alone is none.
    code: clean(code || nested.find((each) => each.code !== "")?.code || NO_CODE, LONGEST.code) || NO_CODE,
    message: clean(message || nested.find((each) => each.message !== "")?.message || "", LONGEST.message),
    inner: nested.map((each) => clean([each.code, each.message].filter(Boolean).join(": "), LONGEST.innerError)),
  };
}

/** The error of an answer that isn't a success: `KeyVaultError`, or null where the body (a proxy's page) has none. */
export function parseKeyVaultError(body: string, clean: Clean): JobError | null {
  try {
    return parseError(parseAnswer(body, clean).error, clean);
  } catch (thrown) {
    if (thrown instanceof BadField) return null;
    throw thrown;
  }
}

/** A body as the object that it has to be, however deep: only a few fields of it are kept. @throws BadField */
export const parseAnswer = (body: string, clean: Clean): Fields => objectOf(jsonOf(body), "answer", clean);

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new BadField("answer", "JSON", `${body.length} characters that are not`);
  }
}

/** A text in an object's place is quoted by the error, cut: so it is cleaned before it is cut. */
const objectOf = (value: unknown, name: string, clean: Clean): Fields =>
  fieldsOf(typeof value === "string" ? clean(value, LONGEST.word) : value, name);

type Nested = { readonly code: string; readonly message: string };

/** Outermost first. They are details: what can't be read is left out and doesn't spoil the error that holds it. */
function innerErrors(outermost: unknown): readonly Nested[] {
  const found: Nested[] = [];
  let next = outermost;
  for (let depth = 0; depth < DEEPEST && isFields(next); depth++) {
    const nested = { code: textOf(next.code), message: textOf(next.message) };
    if (nested.code !== "" || nested.message !== "") found.push(nested);
    next = next.innererror;
  }
  return found;
}

function wordsOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (value !== undefined && value !== null && typeof value !== "string") {
    throw new BadField(`error.${name}`, "a text or null", value);
  }
  return textOf(value);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
