import { CallFailed, type CallFailure } from "../../backup/call-failed.ts";
import { LONGEST } from "../service-words.ts";
import { strippedCause } from "../stripped-cause.ts";
import { TimeLimitReached } from "../within-limit.ts";
import { type HsmCall, OPERATIONS } from "./hsm-call.ts";
import { type Meaning, meaningOf, notAnHsm, type Refused } from "./hsm-remedies.ts";
import type { HsmAnswer } from "./hsm-request.ts";
import { NO_CODE, parseKeyVaultError } from "./key-vault-error.ts";
import { TIMED_OUT, transportRemedy } from "./transport-remedies.ts";

const FIRST_NO_SUCCESS = 300;
const BAD_REQUEST = 400;
/** Our own code for what no network and no service said. */
const UNEXPECTED = "unexpected";
const UNREADABLE = "unreadableAnswer";

/** The HSM answered, and it wasn't success. */
export function answerFailed(call: HsmCall, answer: HsmAnswer): CallFailed {
  const { status } = answer;
  const error = parseKeyVaultError(answer.body, call.clean);
  const text = error === null ? "" : [error.code, error.message, ...error.inner].join("\n");
  const code = error?.code ?? NO_CODE;
  const said = error?.message || seen(call, answer);
  const inner = error?.inner ?? [];
  const isForeign = error === null && answer.body !== "";
  return failed(call, { status, code, said, inner, ...meaning({ call, status, text, isForeign }) });
}

function meaning(refused: Refused): Meaning {
  if (refused.status >= FIRST_NO_SUCCESS) return meaningOf(refused);
  // An error inside a success that named no job: its words count, but nobody said that trying again is in vain.
  const { reason, remedy } = meaningOf({ ...refused, status: BAD_REQUEST });
  return { reason: reason === "rejected" ? "unreadable" : reason, remedy };
}

/** A success that makes no sense. `problem` names the field, what was expected and what came; it is our own text. */
export function answerUnreadable(call: HsmCall, answer: HsmAnswer, problem: string): CallFailed {
  const said = `${call.clean(problem, LONGEST.message)} (${seen(call, answer)})`;
  return failed(call, { reason: "unreadable", status: answer.status, code: UNREADABLE, said, remedy: notAnHsm(call) });
}

/** An id that no HSM gave, and that could lead a token elsewhere if it were put into an address. */
export const jobIdUnusable = ({ kind, hsm }: Pick<HsmCall, "kind" | "hsm">): CallFailed =>
  new CallFailed({
    operation: OPERATIONS[kind],
    target: hsm.name,
    reason: "notFound",
    status: null,
    code: "jobIdUnusable",
    remedy: "Find out who wrote this job id into the run's record; the app starts a new backup.",
  });

/** No answer came: the call may or may not have taken effect. */
export function answerMissing(call: HsmCall, thrown: unknown): CallFailed {
  const cause = strippedCause(thrown, call.clean);
  const code = thrown instanceof TimeLimitReached ? TIMED_OUT : (cause.code ?? UNEXPECTED);
  const remedy = transportRemedy(call, code);
  return failed(call, { reason: "noAnswer", status: null, code, said: cause.message, remedy }, cause);
}

const failed = (call: HsmCall, what: Omit<CallFailure, "operation" | "target">, cause?: unknown): CallFailed =>
  new CallFailed(
    { operation: OPERATIONS[call.kind], target: call.hsm.name, ...what },
    cause === undefined ? undefined : { cause },
  );

/** The outside of an answer, for whoever has to find out who gave it. */
const seen = ({ clean }: HsmCall, { body, contentType }: HsmAnswer): string =>
  body === ""
    ? "the answer is empty"
    : `the answer is ${body.length} characters of ${clean(contentType ?? "no named type", LONGEST.code)}`;
