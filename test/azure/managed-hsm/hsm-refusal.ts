import { answerFailed } from "../../../azure/managed-hsm/hsm-failures.ts";
import type { HsmCall } from "../../../azure/managed-hsm/hsm-request.ts";
import { cleanerOf } from "../../../azure/service-words.ts";
import type { CallFailure } from "../../../backup/model/call-failed.ts";
import { secret } from "../../../backup/model/secret.ts";
import { IDENTITY_TARGET, TARGET, TOKEN } from "../secrets.ts";

const hsm = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };
export const look: HsmCall = { operation: "look at a backup job", hsm, clean: cleanerOf([]) };
export const start: HsmCall = { ...look, operation: "start a full backup", target: TARGET, token: secret(TOKEN) };
/** Of an HSM that writes with its own identity. */
export const startByIdentity: HsmCall = { ...start, target: IDENTITY_TARGET };

/** What is made of an answer other than success. */
export const refuse = (call: HsmCall, status: number, body: string): CallFailure =>
  answerFailed(call, { status, body, contentType: "text/html", retryAfter: null, asyncOperation: undefined }).failure;

/** `KeyVaultError` on the wire. */
export const said = (code: string, message: string, innererror?: object): string =>
  JSON.stringify({ error: { code, message, innererror } });
