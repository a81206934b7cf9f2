import { Agent } from "node:https";
import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type PipelinePolicy,
  type PipelineResponse,
  proxyPolicy,
  retryPolicy,
  setClientRequestIdPolicy,
  tracingPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import type { Secret } from "../../backup/secret.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { type RetryPauses, retryGets } from "./retry-gets.ts";

/** What the HSM answered, as far as anybody looks at it. `retryAfter` in milliseconds. */
export type HsmAnswer = {
  readonly status: number;
  readonly body: string;
  readonly contentType: string | undefined;
  readonly retryAfter: number | null;
  readonly asyncOperation: string | undefined;
};

export type Sent = { readonly url: string; readonly token: Secret; readonly signal: AbortSignal };

/**
 * Sends the POST once: no policy here retries, follows a redirect or answers a challenge. The official clients once
 * replayed it after a 401 and met their own backup as a 409. A connection of its own, because one that idles in a pool
 * may be closed just then, and nobody could tell whether the POST arrived.
 */
export async function postOnce(client: HttpClient, sent: Sent, body: string, now: () => Date): Promise<HsmAnswer> {
  const headers = headersOf(sent.token);
  headers.set("content-type", "application/json");
  const { url, signal: abortSignal } = sent;
  const request = createPipelineRequest({ url, method: "POST", headers, body, abortSignal, onDownloadProgress });
  return answerOf(await pipelineOf([freshConnection]).sendRequest(client, request), now());
}

/** Sends a GET, and again with back-off where nobody answered, or 408, 429 or 5xx, while `retries` leaves time. */
export async function getAgain(client: HttpClient, sent: Sent, retries: RetryPauses): Promise<HsmAnswer> {
  const { url, signal: abortSignal } = sent;
  const request = createPipelineRequest({ url, headers: headersOf(sent.token), abortSignal, onDownloadProgress });
  const { strategy, maxRetries } = retryGets(retries);
  return answerOf(
    await pipelineOf([retryPolicy([strategy], { maxRetries })]).sendRequest(client, request),
    retries.now(),
  );
}

/** An HSM's answer has some hundred bytes. What is longer than this is not kept in memory: the call fails, as if it broke off. */
const LONGEST_ANSWER = 1 << 20;

function onDownloadProgress({ loadedBytes }: { readonly loadedBytes: number }): void {
  if (loadedBytes > LONGEST_ANSWER) throw new Error(`the answer is longer than ${LONGEST_ANSWER} bytes`);
}

/** Not the pipeline's own `disableKeepAlive`: it takes Node's global agent, which has kept connections since Node 19. */
const freshConnection: PipelinePolicy = {
  name: "freshConnection",
  sendRequest: (request, next) => {
    // A proxy's agent, where one was set before, makes a connection for each request anyway.
    request.agent ??= new Agent({ keepAlive: false });
    return next(request);
  },
};

function pipelineOf(policies: readonly PipelinePolicy[]) {
  const pipeline = createEmptyPipeline();
  for (const policy of [proxyPolicy(), userAgentPolicy(), setClientRequestIdPolicy(), ...policies, tracingPolicy()]) {
    // The last one stands next to the wire: each try is a span of its own.
    pipeline.addPolicy(policy);
  }
  return pipeline;
}

const headersOf = (token: Secret) =>
  createHttpHeaders({ accept: "application/json", authorization: `Bearer ${token.reveal()}` });

function answerOf({ status, bodyAsText, headers }: PipelineResponse, now: Date): HsmAnswer {
  return {
    status,
    body: bodyAsText ?? "",
    contentType: headers.get("content-type"),
    retryAfter: parseRetryAfter(headers.get("retry-after"), now),
    asyncOperation: headers.get("azure-asyncoperation"),
  };
}
