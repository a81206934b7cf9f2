import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { CallFailed } from "../../backup/model/call-failed.ts";
import { SECOND } from "../../backup/model/instant.ts";
import type { JobReport, StartedJob } from "../../backup/model/job-report.ts";
import type { Hsm } from "../../backup/model/names.ts";
import { InvalidInput } from "../../backup/model/validation.ts";
import type { BackupTarget, Ports } from "../../backup/ports.ts";
import { type Identity, TimedOut } from "../identity/held-tokens.ts";
import { cleanerOf } from "../service-words.ts";
import { parseJobId, parseJobReport } from "./full-backup-operation.ts";
import { answerFailed, answerMissing, answerUnreadable } from "./hsm-failures.ts";
import { getToken, getWithRetries, type HsmAnswer, type HsmCall, postOnce, type Sent } from "./hsm-request.ts";

export type ManagedHsmOptions = {
  readonly identity: Identity;
  readonly apiVersion: string;
  /** Time limit of a start, token and POST together, in milliseconds. */
  readonly startTimeLimit: number;
  /** Time limit of a look, token and all its tries together, in milliseconds. */
  readonly callTimeLimit: number;
  readonly now: () => Date;
  readonly httpClient?: HttpClient;
  /** Pause before the second try of a GET, in milliseconds; it doubles. */
  readonly retryDelay?: number;
};

/**
 * Managed HSM's backup over REST: https://learn.microsoft.com/rest/api/keyvault/administration/full-backup
 * Both verbs throw `CallFailed` and nothing else. A failed start with no status may have taken effect.
 */
export function managedHsm(options: ManagedHsmOptions): Pick<Ports, "startFullBackup" | "getBackupStatus"> {
  // One client for all calls: it keeps the connections of its looks.
  const { identity, apiVersion, startTimeLimit, callTimeLimit, now, httpClient = createDefaultHttpClient() } = options;
  const { retryDelay = SECOND / 2 } = options;

  /** Gets a token and sends with it, both within the time limit. @throws CallFailed unless the answer is a success */
  async function ask(
    asked: Pick<HsmCall, "operation" | "hsm" | "target">,
    limit: number,
    send: (sent: Pick<Sent, "token" | "signal">) => Promise<HsmAnswer>,
  ): Promise<{ readonly call: HsmCall; readonly answer: HsmAnswer }> {
    let call: HsmCall = { ...asked, clean: (text, limit) => cleanerOf([])(text, limit) };
    const signal = AbortSignal.timeout(limit);
    try {
      const token = await getToken(identity, asked);
      // A token that comes too late must not send a POST that is no longer waited for.
      signal.throwIfAborted();
      const secrets = asked.target?.authentication === "sas" ? [token, asked.target.sas] : [token];
      call = { ...call, token, clean: (text, length) => cleanerOf(secrets)(text, length) };
      const answer = await send({ token, signal });
      if (answer.status < 200 || answer.status > 299) throw answerFailed(call, answer);
      return { call, answer };
    } catch (thrown) {
      if (thrown instanceof CallFailed) throw thrown;
      throw answerMissing(call, signal.aborted ? new TimedOut(limit) : thrown);
    }
  }

  return {
    async startFullBackup(hsm: Hsm, target: BackupTarget): Promise<StartedJob> {
      const url = backupUrl(hsm, apiVersion);
      const body = JSON.stringify(storageParameters(target));
      const { call, answer } = await ask({ operation: "start a full backup", hsm, target }, startTimeLimit, (sent) =>
        postOnce(httpClient, { url, ...sent }, body, now),
      );
      const jobId = parseJobId(answer);
      // A 202 is documented. Any other success that names a job has started one, which must not be lost.
      if (jobId === null) throw answerFailed(call, answer);
      return { jobId, retryAfter: answer.retryAfter };
    },

    async getBackupStatus(hsm: Hsm, jobId: string): Promise<JobReport> {
      const url = statusUrl(hsm, jobId, apiVersion);
      const { call, answer } = await ask({ operation: "look at a backup job", hsm }, callTimeLimit, (sent) =>
        getWithRetries(httpClient, { url, ...sent }, retryDelay, now),
      );
      try {
        return parseJobReport(answer, jobId, call.clean);
      } catch (thrown) {
        throw thrown instanceof InvalidInput ? answerUnreadable(call, answer, thrown.message) : thrown;
      }
    },
  };
}

/** `SASTokenParameter`: a token or, from api-version 7.5 on, `useManagedIdentity` in its place; never both. */
function storageParameters(target: BackupTarget): object {
  const storageResourceUri = target.containerUrl;
  return target.authentication === "sas"
    ? { storageResourceUri, token: target.sas.reveal() }
    : { storageResourceUri, useManagedIdentity: true };
}

/** `POST` here starts a full backup. */
export const backupUrl = (hsm: Hsm, apiVersion: string): string => urlOf(hsm, "backup", apiVersion);

/** `GET` here returns the status of a job. Built from the job's id: `Azure-AsyncOperation` could lead a token elsewhere. */
export const statusUrl = (hsm: Hsm, jobId: string, apiVersion: string): string =>
  urlOf(hsm, `backup/${encodeURIComponent(jobId)}/pending`, apiVersion);

const urlOf = (hsm: Hsm, path: string, apiVersion: string): string =>
  `${hsm.url}/${path}?api-version=${encodeURIComponent(apiVersion)}`;
