import type { JobError } from "../../backup/model/job-report.ts";
import { InvalidInput, kindOf } from "../../backup/model/validation.ts";
import { type Clean, LONGEST } from "../service-words.ts";
import { type Fields, fieldsIn, isFields } from "./hsm-request.ts";

/** Nested errors that are read; the reference sets no bound. */
const DEEPEST = 20;
/** Our own code for an error of the service that has none. */
export const NO_CODE = "noErrorCode";

/**
 * Parses an `Error` of the REST reference. Null where it says nothing: while a job runs it may be an object of nulls.
 * @throws InvalidInput for anything else than an object: what it says must not pass as a success
 */
export function parseError(error: unknown, clean: Clean): JobError | null {
  if (!isFields(error)) throw new InvalidInput(`error: expected an object or null, got ${kindOf(error)}`);
  const [own, ...nested] = chainOf(error);
  const said = nested.filter(({ code, message }) => `${code}${message}` !== "");
  const firstOf = (part: "code" | "message"): string => [own, ...said].find((each) => each?.[part])?.[part] ?? "";
  const [code, message] = [firstOf("code"), firstOf("message")];
  if (`${code}${message}` === "") return null;
  return {
    // A code of hidden characters alone is none.
    code: clean(code, LONGEST.code) || NO_CODE,
    message: clean(message, LONGEST.message),
    inner: said.map((each) => clean([each.code, each.message].filter(Boolean).join(": "), LONGEST.innerError)),
  };
}

/** The error of an answer that isn't a success: `KeyVaultError`, or null where the body (a proxy's page) has none. */
export function parseKeyVaultError(body: string, clean: Clean): JobError | null {
  const { error } = fieldsIn(body);
  return isFields(error) ? parseError(error, clean) : null;
}

/** The code and message of an error and of those nested in it, outermost first. */
function chainOf(error: Fields): { readonly code: string; readonly message: string }[] {
  const found = [];
  let next: unknown = error;
  for (let depth = 0; depth <= DEEPEST && isFields(next); depth++) {
    found.push({ code: textOf(next.code), message: textOf(next.message) });
    next = next.innererror;
  }
  return found;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
