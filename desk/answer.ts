import type * as v from "valibot";
import { SECOND } from "../backup/model/instant.ts";
import { redact } from "../backup/model/secret.ts";
import { InvalidInput, parseInput, parseJson } from "../backup/model/validation.ts";
import { type ErrorAnswer, errorAnswerSchema } from "../backup/model/views/error-answer.ts";
import { ApiFailed } from "./api-failed.ts";

/** What came back for one call. */
export type Came = { readonly call: string; readonly response: Response; readonly body: string };

/**
 * The value of an answer that has one of these statuses and this shape.
 * @throws ApiFailed for any other answer
 */
export function readAnswer<Schema extends v.GenericSchema>(
  { call, response, body }: Came,
  schema: Schema,
  statuses: readonly number[],
): v.InferOutput<Schema> {
  const { status } = response;
  const retryAfter = retryAfterOf(response);
  // A browser hides the status of a redirect that it doesn't follow.
  if (response.type === "opaqueredirect" || (status >= 300 && status < 400))
    throw new ApiFailed(`${call}: redirected elsewhere, which is not followed`, { kind: "notTheApp", status });
  if (status === 401) throw new ApiFailed(`${call}: HTTP 401`, { kind: "wrongKey", status });
  if (status === 403) throw new ApiFailed(`${call}: HTTP 403`, { kind: "forbidden", status });
  const json = parseJson(body);
  // The record of a failed run has an `error` too.
  const refusal = status >= 400 ? refusalIn(json) : undefined;
  if (refusal !== undefined) {
    const { code, message } = refusal;
    throw new ApiFailed(redact(message), { kind: "refused", status, code, retryAfter });
  }
  if (statuses.includes(status) && json !== undefined) return parsed(call, schema, json, status);
  if (status === 429 || status >= 500)
    throw new ApiFailed(`${call}: HTTP ${status}`, { kind: "noAnswer", status, retryAfter });
  const got =
    json === undefined ? `no JSON but ${response.headers.get("content-type") ?? "no type"}` : "another answer";
  throw new ApiFailed(`${call}: HTTP ${status} with ${got}`, { kind: "notTheApp", status });
}

function parsed<Schema extends v.GenericSchema>(call: string, schema: Schema, json: unknown, status: number) {
  try {
    return parseInput(schema, json, "answer");
  } catch (thrown) {
    if (!(thrown instanceof InvalidInput)) throw thrown;
    throw new ApiFailed(`${call}: ${thrown.message}`, { kind: "notTheApp", status });
  }
}

function refusalIn(json: unknown): ErrorAnswer["error"] | undefined {
  try {
    return parseInput(errorAnswerSchema, json, "error").error;
  } catch {
    return undefined;
  }
}

/** `Retry-After` in milliseconds: the app sends seconds. */
function retryAfterOf({ headers }: Response): number | null {
  const text = headers.get("retry-after");
  return text !== null && /^\d{1,5}$/.test(text) ? Number(text) * SECOND : null;
}
