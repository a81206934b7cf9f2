import { ApiFailed } from "../../api-failed.ts";

/** What a call of the API gave. */
export type Answer<T> =
  | { readonly outcome: "value"; readonly value: T; readonly etag: string | null }
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "denied"; readonly status: number }
  | Failure;
export type Failure = {
  readonly outcome: "failed";
  /** Null where no answer came. */
  readonly status: number | null;
  /** Whole sentences. */
  readonly problem: string;
  /** In milliseconds. */
  readonly retryAfter: number | null;
};

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const TOO_MANY = 429;

/** Why a call gave nothing to show. @throws what is not a failed call */
export function failureOf(thrown: unknown): Answer<never> {
  if (!(thrown instanceof ApiFailed)) throw thrown;
  const { kind, status, retryAfter } = thrown.failure;
  if (kind === "wrongKey" || kind === "forbidden")
    return { outcome: "denied", status: status ?? (kind === "wrongKey" ? UNAUTHORIZED : FORBIDDEN) };
  return { outcome: "failed", status, problem: problemOf(thrown), retryAfter };
}

function problemOf({ message, failure: { kind, status } }: ApiFailed): string {
  if (kind === "refused") return message;
  if (status === TOO_MANY) return "The app asks for fewer calls (HTTP 429).";
  if (kind === "notTheApp")
    return `This is not the answer of the app as this page knows it (${message}). Something else may answer in its place; if the app was upgraded, reload the page.`;
  return status === null ? "The app cannot be reached." : `The app does not answer (HTTP ${status}).`;
}
