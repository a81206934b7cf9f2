import type { JobError } from "../../backup/model/job-report.ts";
import { InvalidInput, kindOf, parseJson } from "../../backup/model/validation.ts";
import { type Clean, LONGEST } from "../service-words.ts";
import { type Fields, fieldOf, isFields } from "./hsm-request.ts";

/** Nested errors that are read; the reference sets no bound. */
const DEEPEST = 20;
/** Our own code for an error of the service that has none. */
export const NO_CODE = "noErrorCode";

/** Where gateways, OAuth and RFC 9457 have their words. */
const MESSAGES = ["message", "error_description", "detail", "title"];
const CODES = ["code", "errorcode"];

/**
 * Parses an `Error` of the REST reference, or a text in its place. Null where it says nothing: while a job runs it may be
 * an object of nulls. @throws InvalidInput for anything else: what it says must not pass as a success
 */
export function parseError(error: unknown, clean: Clean): JobError | null {
  const fields = typeof error === "string" ? { message: error } : error;
  if (!isFields(fields)) throw new InvalidInput(`error: expected an object, a text or null, got ${kindOf(error)}`);
  const [own, ...nested] = chainOf(fields);
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

/**
 * `error` is null where a body says nothing that can be parsed. `codes`: its own and the nested ones. `isForeign`: it is no
 * `KeyVaultError` that says anything.
 */
export type ErrorBody = {
  readonly error: JobError | null;
  readonly codes: readonly string[];
  readonly isForeign: boolean;
};

/** The error of an answer that isn't a success: of a `KeyVaultError`, or of any other JSON that has words. */
export function parseErrorBody(body: string, clean: Clean): ErrorBody {
  const json = parseJson(body);
  const own = isFields(json) ? fieldOf(json, "error") : undefined;
  const fields = isFields(own) ? own : flatError(json);
  const error = parseError(fields, clean);
  const codes = chainOf(fields).map(({ code }) => code);
  return { error, codes, isForeign: body !== "" && (error === null || !isFields(own)) };
}

/** The words of a gateway's JSON: `{"statusCode":404,"message":…}`, `{"error":"a text"}`, `"a text"`. */
function flatError(json: unknown): Fields {
  if (typeof json === "string") return { message: json };
  if (!isFields(json)) return {};
  const firstOf = (names: readonly string[]): string =>
    names.map((name) => textOf(fieldOf(json, name))).find((text) => text !== "") ?? "";
  const [message, error] = [firstOf(MESSAGES), firstOf(["error"])];
  return { code: firstOf(CODES) || (message && error), message: message || error };
}

/** The code and message of an error and of those nested in it, outermost first. */
function chainOf(error: Fields): { readonly code: string; readonly message: string }[] {
  const found = [];
  let next: unknown = error;
  for (let depth = 0; depth <= DEEPEST && isFields(next); depth++) {
    found.push({ code: textOf(fieldOf(next, "code")), message: textOf(fieldOf(next, "message")) });
    next = fieldOf(next, "innererror");
  }
  return found;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
