import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  type HttpClient,
  proxyPolicy,
} from "@azure/core-rest-pipeline";
import type { BlobServiceClient, ContainerClient } from "@azure/storage-blob";
import type { QueueClient } from "@azure/storage-queue";
import { CallFailed } from "../backup/model/call-failed.ts";
import { after, HOUR, instantOf } from "../backup/model/instant.ts";
import { isLoopback } from "../backup/model/names.ts";
import type { Settings } from "../backup/model/settings.ts";
import type { Probes } from "../backup/ports.ts";
import { type Identity, STORAGE_SCOPE } from "./identity/held-tokens.ts";
import { identityFailure } from "./identity/identity-failure.ts";
import { claimsIn, fieldsIn } from "./managed-hsm/hsm-request.ts";
import { meaningOf, UNREADABLE } from "./remedies.ts";
import { naming } from "./remedy.ts";
import { accountOf, callStorage, codeOf, listPage } from "./storage/storage-call.ts";

export type ProbeOptions = {
  readonly identity: Identity;
  readonly settings: Settings;
  readonly queue: QueueClient;
  /** The Functions host's own container, in which it keeps when timers fired. */
  readonly hostBlobs: ContainerClient;
  readonly backups: BlobServiceClient;
  readonly callTimeLimit: number;
  readonly now: () => Date;
  readonly httpClient?: HttpClient;
};

/** What the Functions host keeps per timer: `timers/{host id}/Host.Functions.{name}/status`. */
const MONITORS = "timers/";
const MONITOR = "/Host.Functions.scheduledBackup/status";
/** The host id is the start of the app's name: https://learn.microsoft.com/azure/azure-functions/storage-considerations#host-id-considerations */
const LONGEST_HOST_ID = 32;
const MOST_MONITORS = 1_000;

/** The calls of the doctor. */
export function probes(options: ProbeOptions): Probes {
  const { identity, settings, queue, hostBlobs, backups, callTimeLimit, now } = options;
  return {
    getIdentity: async () => {
      try {
        const { token, expiresOnTimestamp } = await identity.getToken(STORAGE_SCOPE);
        const claims = claimsIn(token);
        const clientId = claims.appid ?? claims.azp;
        return {
          clientId: typeof clientId === "string" ? clientId : null,
          expiresAt: instantOf(new Date(expiresOnTimestamp)),
        };
      } catch (thrown) {
        throw identityFailure(thrown, "get a token for storage");
      }
    },

    countMessages: () => {
      const about = {
        operation: "read the queue",
        target: queue.name,
        account: accountOf(queue),
        side: "queue",
      } as const;
      return callStorage(about, callTimeLimit, async (abortSignal) => {
        try {
          return (await queue.getProperties({ abortSignal })).approximateMessagesCount ?? 0;
        } catch (thrown) {
          if (codeOf(thrown) === "QueueNotFound") return null;
          throw thrown;
        }
      });
    },

    checkBackupAccount: async () => {
      const account = accountOf(backups);
      const where = { target: account, account } as const;
      await callStorage({ operation: "list containers", ...where, side: "backups" }, callTimeLimit, (abortSignal) =>
        backups.listContainers({ prefix: settings.containerPrefix, abortSignal }).byPage({ maxPageSize: 1 }).next(),
      );
      if (settings.authentication !== "sas") return;
      const from = now();
      await callStorage(
        { operation: "get a user delegation key", ...where, side: "delegationKey" },
        callTimeLimit,
        (abortSignal) => backups.getUserDelegationKey(from, new Date(after(from, HOUR)), { abortSignal }),
      );
    },

    readClock: (url) => readClock(url, options.httpClient ?? createDefaultHttpClient(), callTimeLimit),

    readLastTick: () => {
      const account = accountOf(hostBlobs);
      const about = {
        operation: "read the timer's status",
        target: hostBlobs.containerName,
        account,
        side: "ledger",
      } as const;
      return callStorage(about, callTimeLimit, async (abortSignal) => {
        const page = await listPage(hostBlobs, {
          prefix: MONITORS,
          marker: undefined,
          limit: MOST_MONITORS,
          abortSignal,
        });
        const names = page.blobs.map(({ name }) => name).filter((name) => name.endsWith(MONITOR));
        const own = `${MONITORS}${settings.app.toLowerCase().slice(0, LONGEST_HOST_ID)}${MONITOR}`;
        const ticks = (names.includes(own) ? [own] : names).map(async (name) => {
          const { Last: last } = fieldsIn(
            (await hostBlobs.getBlobClient(name).downloadToBuffer(0, undefined, { abortSignal })).toString(),
          );
          return typeof last === "string" ? Date.parse(last) : Number.NaN;
        });
        // A timer that has never fired has .NET's first date.
        const newest = Math.max(...(await Promise.all(ticks)).filter((at) => at > 0));
        return Number.isFinite(newest) ? instantOf(new Date(newest)) : null;
      });
    },
  };
}

/** Any answer will do, also a refusal: the request carries no token. */
async function readClock(url: string, client: HttpClient, callTimeLimit: number): Promise<string> {
  const pipeline = createEmptyPipeline();
  if (!isLoopback(new URL(url))) pipeline.addPolicy(proxyPolicy());
  const abortSignal = AbortSignal.timeout(callTimeLimit);
  const { host } = new URL(url);
  const failed = (code: string, status: number | null): CallFailed =>
    new CallFailed({
      operation: "read the clock",
      target: host,
      reason: "noAnswer",
      status,
      code,
      remedy: meaningOf({ side: "backups", status, codes: [code] }, naming({ host, setting: "its setting" })).remedy,
    });
  try {
    const { status, headers } = await pipeline.sendRequest(client, createPipelineRequest({ url, abortSignal }));
    const date = Date.parse(headers.get("date") ?? "");
    if (Number.isNaN(date)) throw failed(UNREADABLE, status);
    return instantOf(new Date(date));
  } catch (thrown) {
    throw thrown instanceof CallFailed ? thrown : failed(abortSignal.aborted ? "timeout" : codeOf(thrown), null);
  }
}
