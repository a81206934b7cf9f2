import { CallFailed, type CallFailure } from "../../backup/model/call-failed.ts";
import { TimedOut } from "../identity/held-tokens.ts";
import { networkRemedy, PROXY_REFUSED, proxyRemedy } from "../network-remedies.ts";
import { causeOf, LONGEST } from "../service-words.ts";
import { meaningOf, notAnHsm, timedOut } from "./hsm-remedies.ts";
import type { HsmAnswer, HsmCall } from "./hsm-request.ts";
import { NO_CODE, parseErrorBody } from "./key-vault-error.ts";

/** Our own code for what no network and no service said. */
const UNEXPECTED = "unexpected";

/** The HSM answered with an error, or with a success that names no job. */
export function answerFailed(call: HsmCall, answer: HsmAnswer): CallFailed {
  const { status, retryAfter } = answer;
  if (status === PROXY_REFUSED) return proxyRefused(call, retryAfter);
  const { error, isForeign } = parseErrorBody(answer.body, call.clean);
  if (error === null && status < 300)
    return answerUnreadable(
      call,
      answer,
      "expected a jobId in the body or in the path of Azure-AsyncOperation, got neither",
    );
  const text = error === null ? "" : [error.code, error.message, ...error.inner].join("\n");
  return failed(call, {
    status,
    code: error?.code ?? NO_CODE,
    said: error?.message || shapeOf(call, answer),
    inner: error?.inner ?? [],
    retryAfter,
    ...meaningOf({ call, status, text, isForeign }),
  });
}

/** The call didn't get past the proxy, so the HSM gave no answer. */
const proxyRefused = (call: HsmCall, retryAfter: number | null): CallFailed =>
  failed(call, {
    reason: "noAnswer",
    status: PROXY_REFUSED,
    code: "proxyRefused",
    said: "a proxy asks for credentials",
    retryAfter,
    remedy: proxyRemedy(new URL(call.hsm.url).host),
  });

/** A success that makes no sense. `problem` names the field, what was expected and what came; it is our own text. */
export function answerUnreadable(call: HsmCall, answer: HsmAnswer, problem: string): CallFailed {
  const { status, retryAfter } = answer;
  const said = `${problem} (${shapeOf(call, answer)})`;
  return failed(call, {
    reason: "unreadable",
    status,
    code: "unreadableAnswer",
    said,
    retryAfter,
    remedy: notAnHsm(call),
  });
}

/** No answer came: the call may or may not have taken effect. */
export function answerMissing(call: HsmCall, thrown: unknown): CallFailed {
  const { clean, hsm } = call;
  const said = clean(thrown instanceof Error ? thrown.message || thrown.name : String(thrown), LONGEST.message);
  const known = { reason: "noAnswer", status: null, said } as const;
  if (thrown instanceof TimedOut) return failed(call, { ...known, code: "timeout", remedy: timedOut(call) });
  const ownCode = thrown instanceof Error && "code" in thrown ? clean(String(thrown.code ?? ""), LONGEST.code) : "";
  const code = ownCode || UNEXPECTED;
  const showAddress = `az keyvault show --hsm-name ${hsm.name} --query properties.hsmUri`;
  const remedy = networkRemedy({ host: new URL(hsm.url).host, setting: "BACKUP_HSM_URLS", showAddress }, code);
  return failed(call, { ...known, code, remedy }, causeOf(thrown, clean));
}

const failed = (
  { operation, hsm }: HsmCall,
  what: Omit<CallFailure, "operation" | "target">,
  cause?: { cause: Error },
) => new CallFailed({ operation, target: hsm.name, ...what }, cause);

/** Length and type of an answer, to find out which server gave it. */
const shapeOf = ({ clean }: HsmCall, { body, contentType }: HsmAnswer): string =>
  body === ""
    ? "the answer is empty"
    : `the answer has ${body.length} characters of ${clean(contentType ?? "no named type", LONGEST.code)}`;
