import { EventEmitter } from "node:events";
import { Agent } from "node:https";
import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  exponentialRetryPolicy,
  type HttpClient,
  type PipelinePolicy,
  type PipelineRequest,
  proxyPolicy,
  setClientRequestIdPolicy,
  systemErrorRetryPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import { SECOND } from "../../backup/model/instant.ts";
import { GUID, type Hsm, isLoopback } from "../../backup/model/names.ts";
import { type Secret, secret } from "../../backup/model/secret.ts";
import { parseJson } from "../../backup/model/validation.ts";
import type { BackupTarget } from "../../backup/ports.ts";
import type { Identity } from "../identity/held-tokens.ts";
import { identityFailure } from "../identity/identity-failure.ts";
import { PROXY_REFUSED } from "../remedies.ts";
import type { Clean } from "../service-words.ts";

/** A call to an HSM, as far as its failure has to report it. */
export type HsmCall = {
  /** A verb phrase: `could not …`. */
  readonly operation: string;
  readonly hsm: Hsm;
  /** Where the backup was to go; undefined for a look. */
  readonly target?: BackupTarget;
  /** Removes the secrets of this call from a text. */
  readonly clean: Clean;
  /** Undefined until there is one. */
  readonly token?: Secret;
};

/** The parts of an HSM's answer that are read. `retryAfter` in milliseconds. */
export type HsmAnswer = {
  readonly status: number;
  readonly body: string;
  readonly contentType: string | undefined;
  readonly retryAfter: number | null;
  readonly asyncOperation: string | undefined;
};

/** The fields of an object of JSON, each of any type. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of an object in JSON; none where the text is anything else. */
export function fieldsIn(text: string): Fields {
  const json = parseJson(text);
  return isFields(json) ? json : {};
}

export type Sent = { readonly url: string; readonly token: Secret; readonly signal: AbortSignal };

const PUBLIC_DOMAIN = "managedhsm.azure.net";
const MAX_RETRIES = 3;
/** An HSM's answer has some hundred bytes. A longer one is not kept in memory: the call fails, as if it broke off. */
const LONGEST_ANSWER = 1 << 20;
const SECONDS = /^\d{1,9}$/;
// RFC 9110, 5.6.7: the one form of a date that may be sent, e.g. `Mon, 23 Nov 2026 02:00:05 GMT`.
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The scope of a token: the HSM's host without its first label. The token is good for every HSM of that cloud, there is none
 * for one HSM alone; so only hosts that `parseServiceUrl` accepts get it, and no redirect is followed. On a loopback address
 * there is only the emulator, which accepts tokens of the public cloud.
 */
export function tokenScope(hsm: Hsm): string {
  const url = new URL(hsm.url);
  const domain = isLoopback(url) ? PUBLIC_DOMAIN : url.hostname.split(".").slice(1).join(".");
  return `https://${domain}/.default`;
}

/** A token to call this HSM with. @throws CallFailed with the target `identity` */
export async function getToken(identity: Identity, { operation, hsm }: Pick<HsmCall, "operation" | "hsm">) {
  try {
    return secret((await identity.getToken(tokenScope(hsm))).token);
  } catch (thrown) {
    throw identityFailure(thrown, `get a token to ${operation} (${hsm.name})`);
  }
}

/** What a token says of itself; nothing where it can't be read. */
export const claimsIn = (token: string): Fields =>
  fieldsIn(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));

/** The object id of the app's identity, for a command that can be run as it stands. */
export function objectIdOf({ token }: HsmCall): string {
  const { oid } = claimsIn(token?.reveal() ?? "");
  return typeof oid === "string" && GUID.test(oid) ? oid : "OBJECT_ID";
}

/**
 * Sends the POST once: no policy here retries, follows a redirect or answers a challenge. The official clients once
 * replayed it after a 401 and met their own backup as a 409. A connection of its own, because one that idles in a pool
 * may be closed just then, and whether the POST arrived would be unknown.
 */
export const postOnce = (client: HttpClient, sent: Sent, body: string, now: () => Date): Promise<HsmAnswer> =>
  send(client, requestOf(sent, body), [freshConnection], now);

/** A proxy's refusal to connect comes back as if the HSM had answered; only its agent knows better. 407 speaks for itself. */
const connectRefusals: PipelinePolicy = {
  name: "connectRefusals",
  sendRequest: async (request, next) => {
    let status = 200;
    if (request.agent instanceof EventEmitter)
      request.agent.once("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
        status = statusCode;
      });
    const response = await next(request);
    if (status === 200 || status === PROXY_REFUSED) return response;
    throw Object.assign(new Error(`a proxy answered ${status} to CONNECT`), { code: "proxyRefused" });
  },
};

/** Not the pipeline's own `disableKeepAlive`: it takes Node's global agent, which has kept connections since Node 19. */
const freshConnection: PipelinePolicy = {
  name: "freshConnection",
  sendRequest: (request, next) => {
    // A proxy's agent, where one was set before, makes a connection for each request anyway.
    request.agent ??= new Agent({ keepAlive: false });
    return next(request);
  },
};

/**
 * Sends a GET, and again after a connection that failed, 408 or 5xx; `retryDelay` milliseconds before the second try, and
 * twice as long before each next one. Not after 429, nor after a 503 with `Retry-After`: the next look heeds that.
 */
export function getWithRetries(client: HttpClient, sent: Sent, retryDelayInMs: number, now: () => Date) {
  const options = { maxRetries: MAX_RETRIES, retryDelayInMs };
  return send(client, requestOf(sent), [systemErrorRetryPolicy(options), exponentialRetryPolicy(options)], now);
}

const requestOf = ({ url, token, signal: abortSignal }: Sent, body?: string): PipelineRequest =>
  createPipelineRequest({
    url,
    headers: createHttpHeaders({ accept: "application/json", authorization: `Bearer ${token.reveal()}` }),
    abortSignal,
    onDownloadProgress: ({ loadedBytes }) => {
      if (loadedBytes > LONGEST_ANSWER) throw new Error(`the answer is longer than ${LONGEST_ANSWER} bytes`);
    },
    ...(body !== undefined && { method: "POST", body }),
  });

async function send(client: HttpClient, request: PipelineRequest, policies: PipelinePolicy[], now: () => Date) {
  if (request.method === "POST") request.headers.set("content-type", "application/json");
  const pipeline = createEmptyPipeline();
  // A loopback address means another machine to a proxy.
  const proxies = isLoopback(new URL(request.url)) ? [] : [proxyPolicy()];
  const all = [...proxies, userAgentPolicy(), setClientRequestIdPolicy(), ...policies, connectRefusals];
  for (const each of all) pipeline.addPolicy(each);
  const { status, bodyAsText, headers } = await pipeline.sendRequest(client, request);
  return {
    status,
    // Some Azure services send a byte order mark before JSON.
    body: (bodyAsText ?? "").replace(/^\ufeff/, ""),
    contentType: headers.get("content-type"),
    retryAfter: parseRetryAfter(headers.get("retry-after"), now()),
    asyncOperation: headers.get("azure-asyncoperation"),
  };
}

/** `Retry-After` (seconds or a date) in milliseconds from now; null where there is none, or it can't be parsed. */
export function parseRetryAfter(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? "";
  if (SECONDS.test(text)) return Number(text) * SECOND;
  const until = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(until) ? null : Math.max(until - now.getTime(), 0);
}

/** The value of a field, whatever the case of its name: some services answer `{"Error":{"Code":…}}`. */
export function fieldOf(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  const written = Object.keys(fields).find((each) => each.toLowerCase() === name);
  return written === undefined ? undefined : fields[written];
}
