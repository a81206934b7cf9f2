import { setTimeout as pause } from "node:timers/promises";
import type { Call } from "../call-log.ts";
import type { Hsm } from "../hsm.ts";
import type { Answer } from "../wire/answer.ts";
import { answerError, type Exchange } from "../wire/exchange.ts";
import { errorInside200, scripted, shapeError, unauthorized } from "../wire/key-vault-error.ts";
import type { AnswerFault } from "./fault.ts";

/**
 * Waits as the fault wants before anything is done. False when there is nothing left to do, because the caller went
 * away or was never to be answered.
 */
export async function waitBefore(
  hsm: Hsm,
  exchange: Exchange,
  call: Call,
  fault: AnswerFault | undefined,
): Promise<boolean> {
  switch (fault?.fault) {
    case "hang":
      call.outcome = "hanging";
      await exchange.gone;
      return false;
    case "hold":
      call.outcome = "held";
      return await waitForRelease(hsm, exchange, call);
    case "slow":
      await Promise.race([pause(fault.seconds * 1000, undefined, { ref: false }), exchange.gone]);
      return true;
    default:
      return true;
  }
}

/** The answer that takes the place of the true one, if the fault is of that kind. */
export function replaceAnswer(tenantId: string, fault: AnswerFault | undefined): Answer | undefined {
  switch (fault?.fault) {
    case "status": {
      const retry = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
      const challenge = fault.status === 401 ? unauthorized(tenantId).headers : {};
      const refusal = scripted(fault.status, fault.code, fault.message, { ...challenge, ...retry });
      if (fault.shape === undefined || refusal.body === undefined) return answerError(refusal);
      return { status: refusal.status, body: shapeError(refusal.body, fault.shape), headers: refusal.headers };
    }
    case "answer":
      // A text is sent as it is: so an answer can be scripted that isn't JSON.
      return typeof fault.body === "string"
        ? { status: fault.status, text: fault.body, headers: fault.headers }
        : { status: fault.status, body: fault.body, headers: fault.headers };
    case "errorInside200":
      return { status: 200, body: errorInside200 };
    default:
      return undefined;
  }
}

/** Sends an answer, or loses or holds it as the fault wants, and notes what became of the call. */
export async function deliver(
  hsm: Hsm,
  exchange: Exchange,
  call: Call,
  answer: Answer,
  fault: AnswerFault | undefined,
): Promise<void> {
  call.status = answer.status;
  if (fault?.fault === "dropAnswer") {
    exchange.drop();
    call.outcome = "dropped";
    return;
  }
  if (fault?.fault === "holdAnswer") {
    call.outcome = "answerHeld";
    if (!(await waitForRelease(hsm, exchange, call))) return;
  }
  const sent = fault?.fault === "byteOrderMark" ? startWithMark(answer) : answer;
  call.outcome = exchange.send(sent) ? "answered" : "closed";
}

/** Some Azure services began to send a UTF-8 byte order mark before their JSON in 2026. */
const startWithMark = (answer: Answer): Answer =>
  answer.body === undefined ? answer : { ...answer, text: `\ufeff${JSON.stringify(answer.body)}` };

async function waitForRelease(hsm: Hsm, exchange: Exchange, call: Call): Promise<boolean> {
  const released = Promise.withResolvers<boolean>();
  const release = (): void => released.resolve(true);
  hsm.held.add(release);
  void exchange.gone.then(() => released.resolve(false));
  const isReleased = await released.promise;
  hsm.held.delete(release);
  if (!isReleased) call.outcome = "closed";
  return isReleased;
}
