import { plainText } from "../../words.ts";

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
  readonly retryAfterSeconds: number | null;
  readonly location: string | null;
};

export const NOT_REACHED: Failure = {
  outcome: "failed",
  status: null,
  problem: "The app cannot be reached.",
  retryAfterSeconds: null,
  location: null,
};

type Headed = { readonly status: number; readonly headers: Pick<Headers, "get"> };
const DENIALS = [401, 403];
const TOO_MANY = 429;

/** Why an answer is not the one that was asked for. `body`: its JSON, undefined if it is none. */
export function failureOf({ status, headers }: Headed, body: unknown): Answer<never> {
  const said = errorIn(body);
  // Without a body of the app: the host itself refuses the key.
  if (DENIALS.includes(status)) return { outcome: "denied", status };
  return {
    outcome: "failed",
    status,
    problem: said ?? problemOf(status, headers.get("content-type")),
    retryAfterSeconds: retryAfterOf(headers.get("retry-after")),
    location: headers.get("location"),
  };
}

function problemOf(status: number, type: string | null): string {
  if (status === TOO_MANY) return "The app asks for fewer calls (HTTP 429).";
  const kind = plainText(type?.split(";")[0] ?? "", 40) || "something else";
  return `Expected JSON, got ${kind} (HTTP ${status}): the app does not run, or something else answers in its place.`;
}

/** The message of `{ "error": { "code", "message" } }`. */
function errorIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("error" in body)) return undefined;
  const { error } = body;
  if (typeof error !== "object" || error === null || !("message" in error)) return undefined;
  return typeof error.message === "string" ? error.message : undefined;
}

const retryAfterOf = (text: string | null): number | null =>
  text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null;
