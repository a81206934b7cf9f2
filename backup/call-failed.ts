import { redact } from "./secret.ts";

/**
 * What a failed call means to the run, whoever refused it:
 * - `denied`: 401 or 403: a role, a firewall or a token is wrong, and may come right in minutes
 * - `sasRefused`: the HSM can't use the SAS, its own identity or the container
 * - `busy`: another backup or restore runs on the HSM
 * - `notFound`: 404
 * - `rejected`: any other 4xx
 * - `noAnswer`: nobody answered, or 429 or 5xx: the call may or may not have taken effect
 * - `unreadable`: an answer that makes no sense
 * - `ledgerMissing`: the ledger's container isn't there
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
  /** What we were doing, as a verb phrase: `start a full backup`. */
  readonly operation: string;
  /** Who refused: an HSM's name, a container, a queue, `identity`. */
  readonly target: string;
  readonly reason: FailureReason;
  /** HTTP status, or null where there was no answer. */
  readonly status: number | null;
  /** The service's own code, or one of ours. */
  readonly code: string;
  /** The service's own words, redacted. */
  readonly said?: string;
  /** Codes and messages of nested errors, outermost first. */
  readonly inner?: readonly string[];
  /** The operator's next command or setting. */
  readonly remedy: string;
};

/** A call to the HSM, storage, queue or identity that didn't do what was asked. The message carries everything but `cause`. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly failure: CallFailure;

  constructor(failure: CallFailure, options?: { cause?: unknown }) {
    super(`${sentenceOf(failure)} ${failure.remedy}`, options);
    this.failure = failure;
  }
}

/** What happened, in one sentence with no remedy: `could not start a full backup (contoso, HTTP 403, Forbidden): …`. */
export function sentenceOf({ operation, target, status, code, said }: CallFailure): string {
  const answer = status === null ? "no answer" : `HTTP ${status}`;
  return `could not ${operation} (${target}, ${answer}, ${code})${said ? `: ${said.replace(/\.$/, "")}` : ""}.`;
}

/** The words of whatever was thrown, with no secret in them. */
export const wordsOf = (thrown: unknown): string => redact(thrown instanceof Error ? thrown.message : String(thrown));

/** The failure inside whatever was thrown; what is no `CallFailed` is a surprise of ours and counts as no answer. */
export function failureOf(thrown: unknown, operation: string, target: string): CallFailure {
  if (thrown instanceof CallFailed) return thrown.failure;
  const said = redact(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown));
  return {
    operation,
    target,
    reason: "noAnswer",
    status: null,
    code: "unexpected",
    said,
    remedy: "See the log for the cause.",
  };
}
