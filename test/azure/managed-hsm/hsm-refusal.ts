import type { HsmCall } from "../../../azure/managed-hsm/hsm-call.ts";
import { answerFailed } from "../../../azure/managed-hsm/hsm-failure.ts";
import { cleanerOf } from "../../../azure/service-words.ts";
import type { CallFailure } from "../../../backup/call-failed.ts";
import { IDENTITY_TARGET, OBJECT_ID, TARGET } from "../secrets.ts";

const hsm = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };
export const look: HsmCall = { kind: "look", hsm, apiVersion: "7.4", clean: cleanerOf([]) };
export const start: HsmCall = { ...look, kind: "start", target: TARGET, objectId: OBJECT_ID };
/** Of an HSM that writes with its own identity. */
export const startByIdentity: HsmCall = { ...start, apiVersion: "7.5", target: IDENTITY_TARGET };

/** What is made of an answer other than success. */
export const refuse = (call: HsmCall, status: number, body: string): CallFailure =>
  answerFailed(call, { status, body, contentType: "text/html", retryAfter: null, asyncOperation: undefined }).failure;

/** `KeyVaultError` on the wire. */
export const said = (code: string, message: string, innererror?: object): string =>
  JSON.stringify({ error: { code, message, innererror } });
