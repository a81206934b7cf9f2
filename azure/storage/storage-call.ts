import { globalAgent as httpAgent } from "node:http";
import { globalAgent as httpsAgent } from "node:https";
import { isRestError, RestError } from "@azure/core-rest-pipeline";
import type { ContainerClient, RequestPolicyFactory } from "@azure/storage-blob";
import { CallFailed, type FailureReason } from "../../backup/model/call-failed.ts";
import { isLoopback } from "../../backup/model/names.ts";
import { NoToken, TimedOut } from "../identity/held-tokens.ts";
import { identityFailure } from "../identity/identity-failure.ts";
import { meaningOf, PROXY_REFUSED } from "../remedies.ts";
import { namesOfStorage, type StorageSide } from "../remedy.ts";
import { causeOf, cleanerOf, LONGEST } from "../service-words.ts";

/** What a call to storage is for: what its failure reports besides the service's own words. */
export type StorageCall = {
  /** A verb phrase: `create the container`. */
  readonly operation: string;
  /** Name of the container or queue. */
  readonly target: string;
  readonly account: string;
  readonly side: StorageSide;
};

/** Makes a call that ends within `limit` milliseconds, and that throws nothing but `CallFailed`. */
export async function callStorage<T>(
  about: StorageCall,
  limit: number,
  call: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  // The storage SDK's own `tryTimeoutInMs` is no limit: it only sends the service a time.
  const signal = AbortSignal.timeout(limit);
  try {
    return await call(signal);
  } catch (thrown) {
    if (thrown instanceof CallFailed) throw thrown;
    if (thrown instanceof NoToken) throw identityFailure(thrown, about.operation);
    throw storageFailure(signal.aborted ? new TimedOut(limit) : thrown, about);
  }
}

type Listing = {
  readonly prefix: string;
  readonly marker: string | undefined;
  readonly limit: number;
  readonly abortSignal: AbortSignal;
};

/** One page of a listing: a call of its own, with its own time limit. */
export async function listPage(container: ContainerClient, { prefix, marker, limit, abortSignal }: Listing) {
  const blobs = container.listBlobsFlat({ prefix, includeMetadata: true, abortSignal });
  const pages = blobs.byPage({ maxPageSize: limit, ...(marker !== undefined && { continuationToken: marker }) });
  for await (const { segment, continuationToken } of pages) {
    // The service ends a listing with an empty marker; a page may be empty and still have one.
    return { blobs: segment.blobItems, marker: continuationToken || undefined };
  }
  return { blobs: [], marker: undefined };
}

/** The service's code of an error (`ConditionNotMet`), the system's (`ENOTFOUND`) or the error's name. */
export function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "unexpected";
  // An answer to HEAD has no body: only the header has the code.
  const header = isRestError(thrown) ? thrown.response?.headers.get("x-ms-error-code") : undefined;
  const code = header ?? ("code" in thrown && typeof thrown.code === "string" ? thrown.code : "");
  if (code !== "") return code;
  if (!isRestError(thrown)) return thrown.name;
  return thrown.statusCode === undefined ? "noAnswer" : NO_CODE;
}

/** Storage has a code in every error. One without is of a server in between, as of a proxy that refuses to connect. */
const NO_CODE = "noCode";

/**
 * Makes a `CallFailed` of what the SDK throws. Its own error is no cause: it holds the request, and so a token, and the
 * answer, which may hold a delegation key.
 */
export function storageFailure(thrown: unknown, { operation, target, account, side }: StorageCall): CallFailed {
  const status = isRestError(thrown) ? (thrown.statusCode ?? null) : null;
  const code = words(codeOf(thrown)).slice(0, LONGEST.code) || NO_CODE;
  // Words of the SDK that hold the whole answer, which may hold a delegation key.
  const isUnparsed = code === RestError.PARSE_ERROR;
  const said = isUnparsed
    ? "the answer makes no sense"
    : words(thrown instanceof Error ? thrown.message : String(thrown));
  const reason = reasonOf(status, code, side);
  const names = namesOfStorage(side, account, target);
  // NO_PROXY takes a host, not an account.
  const asked = status === PROXY_REFUSED && isRestError(thrown) ? thrown.request : undefined;
  const host = asked === undefined ? names.host : new URL(asked.url).host;
  const { remedy } = meaningOf({ side, status, codes: [code] }, { ...names, host });
  return new CallFailed({ operation, target, status, code, said, reason, remedy }, causeOf(thrown, words));
}

const LONGEST_WORDS = 300;
// A signature (256 bits) or an account key (512 bits) in base64: the service quotes the signature that it refuses.
const KEY_SHAPE = /[A-Za-z0-9+/]{43,}={0,2}/g;
const clean = cleanerOf([]);

/** The first line only: the service adds request id and time in further ones. */
const words = (text: string): string =>
  clean(text.trim().split(/[\r\n]/, 1)[0] ?? "", LONGEST.message)
    .replace(KEY_SHAPE, "[secret]")
    .slice(0, LONGEST_WORDS);

/** Statuses of 4xx that mean "not now": whether the call took effect is unknown. */
const NOT_NOW: readonly number[] = [PROXY_REFUSED, 408, 429];
// A name becomes free only a while after its container or queue was deleted.
const PASSING: readonly string[] = ["ContainerBeingDeleted", "QueueBeingDeleted", "AccountBeingCreated"];

function reasonOf(status: number | null, code: string, side: StorageSide): FailureReason {
  if (status === null || status >= 500 || NOT_NOW.includes(status) || PASSING.includes(code)) return "noAnswer";
  if (status >= 400 && code === NO_CODE) return "noAnswer";
  if (status === 401 || status === 403) return "denied";
  if (side === "ledger" && (code === "ContainerNotFound" || code === "ContainerDisabled")) return "ledgerMissing";
  if (status === 404) return "notFound";
  return status >= 400 ? "rejected" : "unreadable";
}

/**
 * The account of a storage client. The SDK finds no name in the address of an account with a DNS zone
 * ({account}.z00.blob.storage.azure.net): it is the first label of the host, or of the path where emulators are.
 */
export function accountOf({ accountName, url }: { readonly accountName: string; readonly url: string }): string {
  if (accountName !== "") return accountName;
  const parsed = new URL(url);
  return (isLoopback(parsed) ? parsed.pathname.split("/")[1] : parsed.hostname.split(".")[0]) ?? "";
}

/** A loopback address means another machine to a proxy. The SDK leaves a request alone that has an agent. */
export const direct: RequestPolicyFactory = {
  create: (next) => ({
    sendRequest: (request) => {
      request.agent = request.url.startsWith("https:") ? httpsAgent : httpAgent;
      return next.sendRequest(request);
    },
  }),
};
