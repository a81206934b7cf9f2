import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import { CallFailed } from "../backup/call-failed.ts";
import { BadField } from "../backup/fields.ts";
import { stepFailed } from "../backup/log-events.ts";
import { type AppDeps, withLog } from "./invocation-log.ts";

/** An error as every answer has it: `{ "error": { "code", "message" } }`. */
export const errorAnswer = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit => ({ status, headers, jsonBody: { error: { code, message } } });

export const badRequest = (message: string): HttpResponseInit => errorAnswer(400, "badRequest", message);

/** The address of a run, from the root of the app. */
export const addressOf = (hsm: string, run: string): string => `/api/backups/${hsm}/${run}`;

/**
 * Makes every answer one of ours: bad input names its field, a service that can't be reached says so with its remedy, and
 * anything unforeseen is logged and told without its stack.
 */
export const answering =
  (
    deps: AppDeps,
    handler: (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>,
  ): HttpHandler =>
  async (request, context) => {
    try {
      return await handler(request, context);
    } catch (thrown) {
      if (thrown instanceof BadField) return badRequest(thrown.message);
      withLog(deps, context).log(stepFailed(`answer ${request.method} ${new URL(request.url).pathname}`, {}, thrown));
      if (thrown instanceof CallFailed) return errorAnswer(503, thrown.failure.code, thrown.message);
      return errorAnswer(500, "unexpected", "Something unforeseen failed; the log has the cause.");
    }
  };
