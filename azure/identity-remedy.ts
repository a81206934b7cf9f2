import type { FailureReason } from "../backup/call-failed.ts";
import type { Refusal } from "./refusal.ts";

// Names of the errors of @azure/identity, which loads late and so isn't imported for its classes; and of held-tokens.ts.
const IDENTITY_ERRORS: readonly string[] = [
  "CredentialUnavailableError",
  "AuthenticationError",
  "AggregateAuthenticationError",
  "AuthenticationRequiredError",
  "TokenTooLate",
];

// ManagedIdentityCredential wraps everything in CredentialUnavailableError; only its words tell a network failure.
const NO_ANSWER =
  /network[ _](?:unreachable|error)|timed? ?out|\b(?:ECONN\w+|E(?:NET|HOST)UNREACH|ENOTFOUND|EAI_AGAIN)\b/i;

const NONE =
  "Give the Function app an identity (az functionapp identity assign --name <app> --resource-group <group>); where it is user-assigned, set AZURE_CLIENT_ID to its client id.";
const REFUSED =
  "Check that AZURE_CLIENT_ID is the client id of an identity that is attached to the Function app (az functionapp identity show --name <app> --resource-group <group>), and that it was not deleted.";
const SILENT =
  "The identity endpoint did not answer; this is tried again by itself. If it lasts, restart the Function app and look at Azure's service health.";

/** What a failure to get a token means, or undefined for any other error. */
export function explainIdentity(
  thrown: unknown,
  { status, said }: Refusal,
): { readonly reason: FailureReason; readonly remedy: string } | undefined {
  if (!(thrown instanceof Error) || !IDENTITY_ERRORS.includes(thrown.name)) return undefined;
  const isNoAnswer = thrown.name === "TokenTooLate" || NO_ANSWER.test(said);
  const isSilent = status === null ? isNoAnswer : status >= 500 || status === 429;
  // A token that is refused may come right in minutes, as a role does; anything else may at any time.
  const reason = status === 401 || status === 403 ? "denied" : "noAnswer";
  if (isSilent) return { reason, remedy: SILENT };
  return { reason, remedy: thrown.name === "CredentialUnavailableError" ? NONE : REFUSED };
}
