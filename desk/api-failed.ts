/**
 * Why a call of the API gave nothing to show:
 * - `unreachable`: no connection was made, so the app got nothing
 * - `noAnswer`: the app may have got the request: no answer, or one of a gateway or host that is busy or restarting
 * - `wrongKey`: 401
 * - `forbidden`: 403, which the app itself never answers: its network rules, or the app is stopped
 * - `notTheApp`: a redirect, a page, or JSON of another shape
 * - `refused`: the app's own error
 */
export type FailureKind = "unreachable" | "noAnswer" | "wrongKey" | "forbidden" | "notTheApp" | "refused";

export type ApiFailure = {
  readonly kind: FailureKind;
  /** HTTP status, or null where there was no answer. */
  readonly status: number | null;
  /** The app's error code, otherwise null. */
  readonly code: string | null;
  /** How long the app asks callers to wait, in milliseconds. */
  readonly retryAfter: number | null;
};

/** A call that failed. The message says which call, and what came back. */
export class ApiFailed extends Error {
  override readonly name = "ApiFailed";
  readonly failure: ApiFailure;

  constructor(message: string, failure: Partial<ApiFailure> & Pick<ApiFailure, "kind">, options?: { cause?: unknown }) {
    super(message, options);
    this.failure = { status: null, code: null, retryAfter: null, ...failure };
  }
}

/** Errors of a connection that was never made. https://nodejs.org/api/errors.html#common-system-errors */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** The failure of a `fetch` that threw. */
export function thrownBy(call: string, thrown: unknown): ApiFailed {
  const code = codeOf(thrown);
  const isTimeout = thrown instanceof Error && thrown.name === "TimeoutError";
  const kind = code !== undefined && NEVER_SENT.test(code) ? "unreachable" : "noAnswer";
  const said = isTimeout ? "no answer within the time limit" : (code ?? messageOf(thrown));
  return new ApiFailed(`${call}: ${said}`, { kind }, { cause: thrown });
}

/** The message of the innermost cause: that of `fetch` itself is always the same. */
function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? messageOf(thrown.cause) : thrown.message;
}

/** The code of an error or of its causes: `fetch` throws a TypeError whose cause says what happened. */
function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  return "code" in thrown && typeof thrown.code === "string" ? thrown.code : codeOf(thrown.cause);
}
