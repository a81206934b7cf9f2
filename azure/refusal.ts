import { isRestError, RestError } from "@azure/core-rest-pipeline";
import { redact } from "../backup/secret.ts";
import { LONGEST, readable } from "./service-words.ts";

/** What is known of a call to storage that failed. */
export type Refusal = {
  /** HTTP status, or null where there was no answer. */
  readonly status: number | null;
  /** The service's code (`ConditionNotMet`), the system's (`ENOTFOUND`) or the error's name. */
  readonly code: string;
  /** The service's own words, with nothing in them that could be a secret. */
  readonly said: string;
};

const ERROR_CODE_HEADER = "x-ms-error-code";
const LONGEST_WORDS = 300;
const DEEPEST_CAUSE = 5;

// A signature (256 bits) or an account key (512 bits) in base64: the service quotes the signature that it refuses.
const KEY_SHAPE = /[A-Za-z0-9+/]{43,}={0,2}/g;

/** Reads whatever was thrown by the storage SDK or by the credential that it asked. */
export function refusalOf(thrown: unknown): Refusal {
  if (!(thrown instanceof Error)) return { status: null, code: "unexpected", said: words(String(thrown)) };
  if (!isRestError(thrown)) return { status: statusIn(thrown), code: codeIn(thrown), said: words(thrown.message) };
  const status = thrown.statusCode ?? thrown.response?.status ?? null;
  // An answer to HEAD has no body: only the header has the code.
  const code = thrown.response?.headers.get(ERROR_CODE_HEADER) ?? thrown.code;
  // Its words are the whole answer, in which a delegation key may be.
  const said = code === RestError.PARSE_ERROR ? "the answer makes no sense" : words(thrown.message);
  return { status, code: codeWords(code) || (status === null ? "noAnswer" : "noCode"), said };
}

/** Of the first line only (the service adds request id and time in further ones), redacted and cut. */
export function words(text: string): string {
  // Before anything else looks through it: a service may send megabytes.
  const line = readable(text.trim().split(/[\r\n]/, 1)[0] ?? "");
  return redact(line).replace(KEY_SHAPE, "[secret]").slice(0, LONGEST_WORDS);
}

/** The code is the service's text too. */
const codeWords = (code: string | undefined): string => words(code ?? "").slice(0, LONGEST.code);

/** The status of an error of @azure/identity: they are wrapped in each other, and it may stand in any of them. */
export function statusIn(thrown: unknown): number | null {
  let next = thrown;
  for (let depth = 0; depth < DEEPEST_CAUSE && next instanceof Error; depth++) {
    // @azure/identity calls it statusCode, the MSAL library inside it status.
    if ("statusCode" in next && typeof next.statusCode === "number") return next.statusCode;
    if ("status" in next && typeof next.status === "number") return next.status;
    next = next.cause;
  }
  return null;
}

const codeIn = (error: Error): string =>
  "code" in error && typeof error.code === "string" && error.code !== "" ? error.code : error.name;
