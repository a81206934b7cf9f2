import { CallFailed } from "../../backup/model/call-failed.ts";
import { meaningOf } from "../remedies.ts";
import { naming } from "../remedy.ts";
import { causeOf, cleanerOf, LONGEST } from "../service-words.ts";
import { NoToken } from "./held-tokens.ts";

const DENIALS = [401, 403];
/** Errors of @azure/identity are wrapped in each other; status and code may be in any of them. */
const DEEPEST_CAUSE = 5;
const NAMES = naming({ host: "the identity endpoint", show: "az functionapp identity show --name APP" });

/** The failure to get a token: `denied` for 401 and 403, which may come right in minutes, otherwise `noAnswer`. */
export function identityFailure(thrown: unknown, operation: string): CallFailed {
  const error = thrown instanceof NoToken ? thrown.cause : thrown;
  const clean = cleanerOf([]);
  const { name, message } = error instanceof Error ? error : { name: "unexpected", message: String(error) };
  const chain = chainOf(error);
  // @azure/identity calls it statusCode, the MSAL library inside it status.
  const status =
    chain.flatMap((each) => [each.statusCode, each.status]).find((each) => typeof each === "number") ?? null;
  const codes = chain.flatMap((each) => [String(each.name), String(each.errorCode)]);
  return new CallFailed(
    {
      operation,
      target: "identity",
      status,
      code: name === "Error" ? "noToken" : clean(name, LONGEST.code),
      said: clean(message, LONGEST.message),
      ...meaningOf({ side: "identity", status, codes }, NAMES),
      reason: status !== null && DENIALS.includes(status) ? "denied" : "noAnswer",
    },
    causeOf(error, clean),
  );
}

function chainOf(thrown: unknown): readonly Readonly<Record<string, unknown>>[] {
  const chain: Record<string, unknown>[] = [];
  for (let next = thrown; next instanceof Error && chain.length < DEEPEST_CAUSE; next = next.cause)
    chain.push({ ...next, name: next.name });
  return chain;
}
