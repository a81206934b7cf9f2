import { CallFailed, type FailureReason } from "../../backup/call-failed.ts";
import { redact } from "../../backup/secret.ts";
import { explainIdentity } from "../identity-remedy.ts";
import { type Refusal, refusalOf, words } from "../refusal.ts";
import { withinLimit } from "../within-limit.ts";
import { remedyFor, type StorageSide } from "./storage-remedy.ts";

/** What a call to storage is for: all that a failure has to tell besides what the service said. */
export type StorageCall = {
  /** A verb phrase: `create the container`. */
  readonly operation: string;
  /** Name of the container or queue. */
  readonly target: string;
  readonly account: string;
  readonly side: StorageSide;
};

const UNREADABLE = "unreadableAnswer";

/** A success that lacks what it should have told: it may have taken effect. `said` is our own text. */
export function answerUnreadable({ operation, target, account, side }: StorageCall, said: string): CallFailed {
  const refusal = { status: null, code: UNREADABLE, said };
  const remedy = remedyFor(refusal, { side, account, target });
  return new CallFailed({ operation, target, ...refusal, reason: "unreadable", remedy });
}

/** Makes a call that ends within `limit` milliseconds, and that fails with nothing else than `CallFailed`. */
export async function callStorage<T>(
  about: StorageCall,
  limit: number,
  call: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await withinLimit(limit, call);
  } catch (thrown) {
    throw storageFailure(thrown, about);
  }
}

/**
 * Makes a `CallFailed` of whatever was thrown. The SDK's error doesn't come along: it holds the request, and so a token,
 * and the answer, which may hold a delegation key.
 */
export function storageFailure(thrown: unknown, { operation, target, account, side }: StorageCall): CallFailed {
  if (thrown instanceof CallFailed) return thrown;
  const refusal = refusalOf(thrown);
  const identity = explainIdentity(thrown, refusal);
  if (identity !== undefined) return new CallFailed({ operation, target: "identity", ...refusal, ...identity });
  const reason = reasonOf(refusal, side);
  const remedy = remedyFor(refusal, { side, account, target });
  return new CallFailed({ operation, target, ...refusal, reason, remedy }, causeOf(thrown, refusal));
}

/** Statuses of 4xx that say "not now": nobody knows whether the call took effect. */
const NOT_NOW: readonly number[] = [408, 429];

// A name is given free only a while after its container or queue was deleted.
const IN_PASSING: readonly string[] = ["ContainerBeingDeleted", "QueueBeingDeleted", "AccountBeingCreated"];

function reasonOf({ status, code }: Refusal, side: StorageSide): FailureReason {
  if (status === null || status >= 500 || NOT_NOW.includes(status) || IN_PASSING.includes(code)) return "noAnswer";
  if (status === 401 || status === 403) return "denied";
  if (side === "ledger" && (code === "ContainerNotFound" || code === "ContainerDisabled")) return "ledgerMissing";
  if (status === 404) return "notFound";
  return status >= 400 ? "rejected" : "unreadable";
}

/** Only an error that no service and no network made brings its stack: it is a mistake of ours, to be found by it. */
function causeOf(thrown: unknown, { status, code }: Refusal): { cause: Error } | undefined {
  const isOurs = status === null && (thrown instanceof TypeError || thrown instanceof RangeError);
  if (!isOurs) return undefined;
  const cause = new Error(words(thrown.message));
  cause.name = code;
  cause.stack = redactedStack(thrown);
  return { cause };
}

/**
 * The message's lines by `words`; of the frames after it less is taken out: the engine writes them, and a path without a
 * hyphen has the shape of a key.
 */
function redactedStack({ message, stack = "" }: Error): string {
  const start = stack.indexOf(message);
  const frames = start < 0 ? "" : stack.slice(start + message.length);
  const told = stack.slice(0, stack.length - frames.length);
  return told.split("\n").map(words).join("\n") + redact(frames);
}
