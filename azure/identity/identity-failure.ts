import { CallFailed } from "../../backup/model/call-failed.ts";
import { causeOf, cleanerOf, LONGEST } from "../service-words.ts";
import { NoToken, TimedOut } from "./held-tokens.ts";

const DENIALS = [401, 403];
/** Errors of @azure/identity are wrapped in each other; the status may be in any of them. */
const DEEPEST_CAUSE = 5;
// ManagedIdentityCredential wraps everything in CredentialUnavailableError; only its message identifies a network failure.
const NO_ANSWER =
  /network[ _](?:unreachable|error)|timed? ?out|\b(?:ECONN\w+|E(?:NET|HOST)UNREACH|ENOTFOUND|EAI_AGAIN)\b/i;

const NONE =
  "Assign an identity to the Function app (az functionapp identity assign --name APP --resource-group GROUP); for a user-assigned one, set AZURE_CLIENT_ID to its client id.";
const REFUSED =
  "Check that AZURE_CLIENT_ID is the client id of an identity that is assigned to the Function app (az functionapp identity show --name APP --resource-group GROUP), and that it was not deleted.";
const SILENT =
  "The identity endpoint did not answer; the app retries. If this persists, restart the Function app and check Azure's service health.";

/** The failure to get a token: `denied` for 401 and 403, which may come right in minutes, otherwise `noAnswer`. */
export function identityFailure(thrown: unknown, operation: string): CallFailed {
  const error = thrown instanceof NoToken ? thrown.cause : thrown;
  const clean = cleanerOf([]);
  const { name, message } = error instanceof Error ? error : { name: "unexpected", message: String(error) };
  const status = statusIn(error);
  const reason = status !== null && DENIALS.includes(status) ? "denied" : "noAnswer";
  const isNoAnswer = error instanceof TimedOut || NO_ANSWER.test(message);
  const isSilent = status === null ? isNoAnswer : status >= 500 || status === 429;
  const answered = name === "CredentialUnavailableError" || name === "Error" ? NONE : REFUSED;
  return new CallFailed(
    {
      operation,
      target: "identity",
      reason,
      status,
      code: name === "Error" ? "noToken" : clean(name, LONGEST.code),
      said: clean(message, LONGEST.message),
      remedy: isSilent ? SILENT : answered,
    },
    causeOf(error, clean),
  );
}

function statusIn(thrown: unknown): number | null {
  let next = thrown;
  for (let depth = 0; depth < DEEPEST_CAUSE && next instanceof Error; depth++) {
    // @azure/identity calls it statusCode, the MSAL library inside it status.
    if ("statusCode" in next && typeof next.statusCode === "number") return next.statusCode;
    if ("status" in next && typeof next.status === "number") return next.status;
    next = next.cause;
  }
  return null;
}
