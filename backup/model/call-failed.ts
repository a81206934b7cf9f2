import { redact } from "./secret.ts";

/**
 * What a failed call means for the run, whichever service failed:
 * - `denied`: 401 or 403: a role, a firewall or a token is wrong, which may resolve itself within minutes
 * - `sasRefused`: the HSM cannot use the SAS, its own identity or the container
 * - `busy`: another backup or restore runs on the HSM
 * - `notFound`: 404
 * - `rejected`: any other 4xx
 * - `noAnswer`: no answer, 429 or 5xx: the call may or may not have taken effect
 * - `unreadable`: an answer that makes no sense
 * - `ledgerMissing`: the ledger's container doesn't exist
 */
export type FailureReason =
  | "denied"
  | "sasRefused"
  | "busy"
  | "notFound"
  | "rejected"
  | "noAnswer"
  | "unreadable"
  | "ledgerMissing";

export type CallFailure = {
  /** The operation as a verb phrase: `start a full backup`. */
  readonly operation: string;
  /** The service that failed: an HSM's name, a container, a queue, `identity`. */
  readonly target: string;
  readonly reason: FailureReason;
  /** HTTP status, or null where there was no answer. */
  readonly status: number | null;
  /** The service's error code, or one of the app's own. */
  readonly code: string;
  /** The service's message, redacted. */
  readonly said?: string;
  /** Codes and messages of nested errors, outermost first. */
  readonly inner?: readonly string[];
  /** How long the service asks callers to wait, in milliseconds. */
  readonly retryAfter?: number | null;
  /** What the operator does next: a command or a setting. */
  readonly remedy: string;
};

/** A failed call to the HSM, storage, queue or identity. The message has everything but `cause`. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly failure: CallFailure;

  constructor(failure: CallFailure, options?: { cause?: unknown }) {
    super(`${sentenceOf(failure)} ${failure.remedy}`, options);
    this.failure = failure;
  }
}

/**
 * What happened, in one sentence without the remedy: `could not start a full backup (contoso, HTTP 403, Forbidden): …`.
 */
export function sentenceOf({ operation, target, status, code, said }: CallFailure): string {
  const answer = status === null ? "no answer" : `HTTP ${status}`;
  return `could not ${operation} (${target}, ${answer}, ${code})${said ? `: ${said.replace(/\.$/, "")}` : ""}.`;
}

/** The message of a thrown value, without secrets. */
export const messageOf = (thrown: unknown): string => redact(thrown instanceof Error ? thrown.message : String(thrown));

/** The result of a call, or its failure. */
export type Outcome<T> = { readonly value: T } | { readonly failure: CallFailure };

/** The failure of a thrown value. An error that no adapter made is a bug and counts as no answer. */
export function failureOf(thrown: unknown, operation: string, target: string): CallFailure {
  if (thrown instanceof CallFailed) return thrown.failure;
  const said = thrown instanceof Error ? `${thrown.name}: ${messageOf(thrown)}` : messageOf(thrown);
  const remedy = "This is a bug in the app: step.failed in the log has its stack.";
  return { operation, target, reason: "noAnswer", status: null, code: "unexpected", said, remedy };
}
