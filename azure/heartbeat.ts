import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  proxyPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import { CallFailed } from "../backup/model/call-failed.ts";
import { SECOND } from "../backup/model/instant.ts";
import type { Secret } from "../backup/model/secret.ts";
import type { Ports } from "../backup/ports.ts";

const TIME_LIMIT = 5 * SECOND;
const REMEDY =
  "Open the check at the service that receives the heartbeats, and compare its address with BACKUP_PING_URL. No backup depends on it.";

/**
 * Calls the address after each tick, and `{address}/fail` if something is wrong, so that silence is noticed outside
 * Azure. The convention of https://healthchecks.io/docs/http_api/. Redirects are not followed, and nothing is retried:
 * the next tick comes in five minutes. The address is in no error.
 */
export function heartbeat(address: Secret, timeLimit = TIME_LIMIT): Ports["sendHeartbeat"] {
  const client = createDefaultHttpClient();
  const pipeline = createEmptyPipeline();
  for (const policy of [proxyPolicy(), userAgentPolicy()]) pipeline.addPolicy(policy);
  return async (isHealthy) => {
    const abortSignal = AbortSignal.timeout(timeLimit);
    const request = createPipelineRequest({ url: addressFor(address.reveal(), isHealthy), abortSignal });
    const status = await pipeline.sendRequest(client, request).then(
      (response) => response.status,
      () => null,
    );
    if (status === null) throw failed(null, abortSignal.aborted ? "timeout" : "noConnection");
    if (status < 200 || status > 299) throw failed(status, "heartbeatRefused");
  };
}

function addressFor(address: string, isHealthy: boolean): string {
  const url = new URL(address);
  if (!isHealthy) url.pathname = `${url.pathname.replace(/\/$/, "")}/fail`;
  return url.href;
}

const failed = (status: number | null, code: string): CallFailed =>
  new CallFailed({
    operation: "send the heartbeat",
    target: "BACKUP_PING_URL",
    reason: status === null ? "noAnswer" : "rejected",
    status,
    code,
    remedy: REMEDY,
  });
