import type { TokenCredential } from "@azure/core-auth";
import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { CallFailed } from "../../backup/call-failed.ts";
import type { BackupTarget, Deps } from "../../backup/deps.ts";
import { BadField } from "../../backup/fields.ts";
import type { Hsm } from "../../backup/hsm.ts";
import type { JobReport, StartedJob } from "../../backup/job-report.ts";
import type { Secret } from "../../backup/secret.ts";
import { cleanerOf } from "../service-words.ts";
import { withinLimit } from "../within-limit.ts";
import { isJobId, parseJobId, parseJobReport } from "./full-backup-operation.ts";
import { backupUrl, statusUrl } from "./hsm-address.ts";
import type { HsmCall } from "./hsm-call.ts";
import { answerFailed, answerMissing, answerUnreadable, jobIdUnusable } from "./hsm-failure.ts";
import { getAgain, type HsmAnswer, postOnce } from "./hsm-request.ts";
import { getToken, objectIdOf, tokenTooLate } from "./hsm-token.ts";
import { parseKeyVaultError } from "./key-vault-error.ts";
import { FIRST_RETRY_PAUSE } from "./retry-gets.ts";

export type ManagedHsmOptions = {
  readonly credential: TokenCredential;
  readonly apiVersion: string;
  /** Time limit of a start, token and POST together, in milliseconds. */
  readonly startTimeLimit: number;
  /** Time limit of a look, token and all its tries together, in milliseconds. */
  readonly callTimeLimit: number;
  readonly httpClient?: HttpClient;
  /** Pause before the second try of a GET, in milliseconds; it doubles. */
  readonly retryDelay?: number;
  readonly now?: () => Date;
};

/**
 * Managed HSM's backup over REST: https://learn.microsoft.com/rest/api/keyvault/administration/full-backup
 * Both verbs throw `CallFailed` and nothing else. A failed start with no status may have taken effect.
 */
export function managedHsm(options: ManagedHsmOptions): Pick<Deps, "startFullBackup" | "getBackupStatus"> {
  // One client for all calls: it keeps the connections of its looks.
  const known = { httpClient: createDefaultHttpClient(), retryDelay: FIRST_RETRY_PAUSE, now: realTime, ...options };
  return {
    startFullBackup: (hsm, target) => startFullBackup(known, hsm, target),
    getBackupStatus: (hsm, jobId) => getBackupStatus(known, hsm, jobId),
  };
}

type Known = Required<ManagedHsmOptions>;

async function startFullBackup(known: Known, hsm: Hsm, target: BackupTarget): Promise<StartedJob> {
  const { credential, apiVersion, startTimeLimit, httpClient, now } = known;
  const body = JSON.stringify(storageParameters(target));
  const asked = { kind: "start", hsm, apiVersion, target } as const;
  const { call, answer } = await callHsm(asked, credential, startTimeLimit, (token, signal) =>
    postOnce(httpClient, { url: backupUrl(hsm, apiVersion), token, signal }, body, now),
  );
  const jobId = isSuccess(answer) ? parseJobId(answer, call.clean) : null;
  // A 202 is documented. Whatever other success names a job has started one, which must not be lost.
  if (jobId !== null) return { jobId, retryAfter: answer.retryAfter };
  if (!isSuccess(answer) || hasError(call, answer)) throw answerFailed(call, answer);
  throw answerUnreadable(call, answer, "expected a jobId in the body or the path of Azure-AsyncOperation, got neither");
}

async function getBackupStatus(known: Known, hsm: Hsm, jobId: string): Promise<JobReport> {
  const { credential, apiVersion, callTimeLimit, httpClient, retryDelay, now } = known;
  const retries = { first: retryDelay, until: new Date(now().getTime() + callTimeLimit), now };
  const asked = { kind: "look", hsm, apiVersion } as const;
  if (!isJobId(jobId)) throw jobIdUnusable(asked);
  const { call, answer } = await callHsm(asked, credential, callTimeLimit, (token, signal) =>
    getAgain(httpClient, { url: statusUrl(hsm, jobId, apiVersion), token, signal }, retries),
  );
  if (!isSuccess(answer)) throw answerFailed(call, answer);
  try {
    return parseJobReport(answer, jobId, call.clean);
  } catch (thrown) {
    if (thrown instanceof BadField) throw answerUnreadable(call, answer, thrown.message);
    throw thrown;
  }
}

/** `SASTokenParameter`: a token, or from api-version 7.5 on `useManagedIdentity` in its place; never both. */
function storageParameters(target: BackupTarget): object {
  const storageResourceUri = target.containerUrl;
  switch (target.authentication) {
    case "sas":
      return { storageResourceUri, token: target.sas.reveal().replace(/^\?/, "") };
    case "managedIdentity":
      return { storageResourceUri, useManagedIdentity: true };
  }
}

/** Gets a token and sends with it, both within the time limit. @throws CallFailed where there is no answer */
async function callHsm(
  asked: Omit<HsmCall, "clean">,
  credential: TokenCredential,
  limit: number,
  send: (token: Secret, signal: AbortSignal) => Promise<HsmAnswer>,
): Promise<{ readonly call: HsmCall; readonly answer: HsmAnswer }> {
  let call: HsmCall | undefined;
  try {
    return await withinLimit(limit, async (signal) => {
      const token = await getToken(credential, asked, signal);
      // A token that comes late must not send a POST that nobody waits for any more.
      signal.throwIfAborted();
      call = withToken(asked, token);
      return { call, answer: await send(token, signal) };
    });
  } catch (thrown) {
    if (thrown instanceof CallFailed) throw thrown;
    throw call === undefined ? tokenTooLate(asked, limit) : answerMissing(call, thrown);
  }
}

function withToken(asked: Omit<HsmCall, "clean">, token: Secret): HsmCall {
  const objectId = objectIdOf(token);
  const secrets = asked.target?.authentication === "sas" ? [token, asked.target.sas] : [token];
  return { ...asked, clean: cleanerOf(secrets), ...(objectId === undefined ? {} : { objectId }) };
}

const isSuccess = ({ status }: HsmAnswer): boolean => status >= 200 && status < 300;
const hasError = ({ clean }: HsmCall, { body }: HsmAnswer): boolean => parseKeyVaultError(body, clean) !== null;
const realTime = (): Date => new Date();
