import type { TokenCredential } from "@azure/core-auth";
import { CallFailed } from "../../backup/call-failed.ts";
import { type Secret, secret } from "../../backup/secret.ts";
import { tokenIn } from "../held-tokens.ts";
import { explainIdentity } from "../identity-remedy.ts";
import { statusIn } from "../refusal.ts";
import { cleanerOf } from "../service-words.ts";
import { strippedCause } from "../stripped-cause.ts";
import { tokenScope } from "./hsm-address.ts";
import { type HsmCall, OPERATIONS } from "./hsm-call.ts";
import { TIMED_OUT } from "./transport-remedies.ts";

type Asked = Pick<HsmCall, "kind" | "hsm">;

const NO_IDENTITY =
  "Assign an identity to the function app (az functionapp identity assign --name APP --resource-group GROUP); for a user-assigned one, set AZURE_CLIENT_ID to its client id.";
const NO_TOKEN = "noToken";
const DENIALS = [401, 403];
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A token for this HSM alone. @throws CallFailed that names `identity`: `denied` for 401 and 403, else `noAnswer` */
export async function getToken(credential: TokenCredential, asked: Asked, abortSignal: AbortSignal): Promise<Secret> {
  const operation = operationOf(asked);
  try {
    const token = tokenIn(await credential.getToken(tokenScope(asked.hsm), { abortSignal }));
    if (token !== undefined) return secret(token);
  } catch (thrown) {
    const cause = strippedCause(thrown, cleanerOf([]));
    const refusal = { status: statusIn(thrown), code: cause.name, said: cause.message };
    const reason = refusal.status !== null && DENIALS.includes(refusal.status) ? "denied" : "noAnswer";
    const remedy = explainIdentity(thrown, refusal)?.remedy ?? NO_IDENTITY;
    throw new CallFailed({ operation, target: "identity", reason, ...refusal, remedy }, { cause });
  }
  const failure = { operation, target: "identity", reason: "noAnswer", status: null, code: NO_TOKEN } as const;
  throw new CallFailed({ ...failure, remedy: NO_IDENTITY });
}

/** The token hadn't come when the time was up: nothing was sent to the HSM. */
export function tokenTooLate(asked: Asked, limit: number): CallFailed {
  return new CallFailed({
    operation: operationOf(asked),
    target: "identity",
    reason: "noAnswer",
    status: null,
    code: TIMED_OUT,
    said: `no token within ${limit} ms`,
    remedy: "The identity endpoint took too long: the app asks again. If it goes on, restart the function app.",
  });
}

/** Whose token it is, for a remedy that can be typed as it stands. Undefined for a token that can't be looked into. */
export function objectIdOf(token: Secret): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.reveal().split(".")[1] ?? "", "base64url").toString("utf8"));
    const oid = typeof claims === "object" && claims !== null && "oid" in claims ? claims.oid : undefined;
    return typeof oid === "string" && GUID.test(oid) ? oid : undefined;
  } catch {
    return undefined;
  }
}

const operationOf = ({ kind, hsm }: Asked): string => `get a token to ${OPERATIONS[kind]} (${hsm.name})`;
