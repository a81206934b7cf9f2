import type { HttpHandler, HttpRequest, HttpResponseInit } from "@azure/functions";
import { foreignLedgerProblem } from "../../backup/ledger/ledger.ts";
import { CallFailed } from "../../backup/model/call-failed.ts";
import { stepFailed } from "../../backup/model/events.ts";
import { InvalidInput } from "../../backup/model/validation.ts";
import type { Ports } from "../../backup/ports.ts";
import { type AppPorts, withLog } from "../invocation.ts";

/** An error answer: `{ "error": { "code", "message" } }`. */
export const errorAnswer = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit => ({ status, headers, jsonBody: { error: { code, message } } });

/** The address of a run, from the root of the app. */
export const addressOf = (hsm: string, run: string): string => `/api/backups/${hsm}/${run}`;

/**
 * Wraps every handler of the API: bad input names its field, a foreign ledger or an unreachable service is answered
 * with the remedy, and a bug is logged and answered without its stack.
 */
export const answering =
  (ports: AppPorts, handler: (request: HttpRequest, ports: Ports) => Promise<HttpResponseInit>): HttpHandler =>
  async (request, context) => {
    const logged = withLog(ports, context);
    try {
      const foreign = await foreignLedgerProblem(logged);
      return foreign === undefined ? await handler(request, logged) : errorAnswer(503, "ledgerForeign", foreign);
    } catch (thrown) {
      if (thrown instanceof InvalidInput) return errorAnswer(400, "badRequest", thrown.message);
      logged.log(stepFailed(`answer ${request.method} ${new URL(request.url).pathname}`, {}, thrown));
      if (thrown instanceof CallFailed) return errorAnswer(503, thrown.failure.code, thrown.message);
      return errorAnswer(500, "unexpected", "This is a bug in the app: step.failed in the log has its stack.");
    }
  };
