import { createHash } from "node:crypto";
import type { HttpHandler, HttpRequest, HttpResponseInit } from "@azure/functions";
import { foreignLedgerProblem } from "../../backup/ledger/ledger.ts";
import { CallFailed } from "../../backup/model/call-failed.ts";
import { stepFailed } from "../../backup/model/events.ts";
import { InvalidInput } from "../../backup/model/validation.ts";
import type { Ports } from "../../backup/ports.ts";
import { type AppPorts, withLog } from "../invocation.ts";

type Headers = Readonly<Record<string, string>>;

/** No proxy or browser keeps an answer: the next one can differ. */
const NO_STORE = { "Cache-Control": "no-store" };

/** An answer in JSON. */
export const jsonAnswer = (status: number, jsonBody: unknown, headers: Headers = {}): HttpResponseInit => ({
  status,
  headers: { ...NO_STORE, ...headers },
  jsonBody,
});

/** An error answer: `{ "error": { "code", "message" } }`. */
export const errorAnswer = (status: number, code: string, message: string, headers: Headers = {}): HttpResponseInit =>
  jsonAnswer(status, { error: { code, message } }, headers);

/** No HSM of this name is configured, or has a state or a record. */
export const unknownHsm = (): HttpResponseInit =>
  errorAnswer(404, "hsmNotFound", "hsm: expected an HSM that is or was backed up, got another name");

/** What differs each time, although nothing has changed. */
const CLOCK_FIELDS: readonly string[] = ["now", "ageSeconds"];
const TAG_LENGTH = 22;

/** 200 with a weak `ETag`, or 304 without a body where the client has this very answer, apart from its times. */
export function taggedAnswer(request: HttpRequest, body: unknown): HttpResponseInit {
  const unclocked = JSON.stringify(body, (name, value) => (CLOCK_FIELDS.includes(name) ? undefined : value));
  const tag = `"${createHash("sha256").update(unclocked).digest("base64url").slice(0, TAG_LENGTH)}"`;
  const known = request.headers.get("if-none-match")?.split(",") ?? [];
  const isKnown = known.some((each) => [tag, `W/${tag}`, "*"].includes(each.trim()));
  const headers = { ETag: `W/${tag}` };
  return isKnown ? { status: 304, headers: { ...NO_STORE, ...headers } } : jsonAnswer(200, body, headers);
}

/** The address of a run, from the root of the app. */
export const addressOf = (hsm: string, run: string): string => `/api/backups/${hsm}/${run}`;

type Handle = (request: HttpRequest, ports: Ports) => Promise<HttpResponseInit>;

/** Wraps every handler that needs the ledger: one of another app is answered with the remedy. */
export const answering = (ports: AppPorts, handler: Handle): HttpHandler =>
  answeringAnyway(ports, async (request, logged) => {
    const foreign = await foreignLedgerProblem(logged);
    return foreign === undefined ? handler(request, logged) : errorAnswer(503, "ledgerForeign", foreign);
  });

/**
 * Wraps a handler: bad input names its field, an unreachable service is answered with the remedy, and a bug is logged
 * and answered without its stack.
 */
export const answeringAnyway =
  (ports: AppPorts, handler: Handle): HttpHandler =>
  async (request, context) => {
    const logged = withLog(ports, context);
    try {
      return await handler(request, logged);
    } catch (thrown) {
      if (thrown instanceof InvalidInput) return errorAnswer(400, "badRequest", thrown.message);
      logged.log(stepFailed(`answer ${request.method} ${new URL(request.url).pathname}`, {}, thrown));
      if (thrown instanceof CallFailed) return errorAnswer(503, thrown.failure.code, thrown.message);
      return errorAnswer(500, "unexpected", "This is a bug in the app: step.failed in the log has its stack.");
    }
  };
