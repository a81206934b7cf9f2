import { Agent } from "node:https";
import { buffer } from "node:stream/consumers";
import { getCACertificates } from "node:tls";
import type { TokenCredential } from "@azure/core-auth";
import {
  AnonymousCredential,
  ContainerClient,
  newPipeline,
  type RequestPolicyFactory,
  RestError,
} from "@azure/storage-blob";
import { makeAccessToken } from "../../access-token.ts";
import type { StorageAddress } from "./storage-address.ts";

/** By what right the HSM uses the storage: the caller's SAS, or an identity of its own. */
export type StorageGrant =
  | { readonly kind: "sas"; readonly token: string }
  | { readonly kind: "managedIdentity"; readonly tenantId: string; readonly principalId: string };

/** A refusal of the storage, in its own words, without the SAS that was in the request's address. */
export class StorageRefusal extends Error {
  /** Undefined when the storage could not be reached at all. */
  readonly status: number | undefined;
  readonly code: string;

  constructor(status: number | undefined, code: string, message: string) {
    super(message);
    this.name = "StorageRefusal";
    this.status = status;
    this.code = code;
  }
}

const STORAGE_RESOURCE = "https://storage.azure.com";
const TOKEN_LIFETIME_SECONDS = 3_600;
const TRIES = 3;
const RETRY_DELAY_MILLISECONDS = 200;
const TRY_TIMEOUT_MILLISECONDS = 20_000;

/** Connections to storages whose certificate is of the known authorities or of `ca` (PEM). */
export const makeStorageAgent = (ca: string): Agent => new Agent({ keepAlive: true, ca: [...getCACertificates(), ca] });

export function openContainer(agent: Agent, address: StorageAddress, grant: StorageGrant): ContainerClient {
  const url = grant.kind === "sas" ? `${address.containerUrl}?${grant.token}` : address.containerUrl;
  const credential = grant.kind === "sas" ? new AnonymousCredential() : makeIdentity(grant.tenantId, grant.principalId);
  const pipeline = newPipeline(credential, {
    retryOptions: {
      maxTries: TRIES,
      retryDelayInMs: RETRY_DELAY_MILLISECONDS,
      tryTimeoutInMs: TRY_TIMEOUT_MILLISECONDS,
    },
  });
  pipeline.factories.push(useAgent(agent));
  return new ContainerClient(url, pipeline);
}

/** Reads a blob whole. @throws StorageRefusal */
export async function readBlob(container: ContainerClient, name: string, signal: AbortSignal): Promise<Buffer> {
  return await refusing(async () => {
    // Not downloadToBuffer: it asks with HEAD first, whose refusals carry no error.
    const answer = await container.getBlobClient(name).download(0, undefined, { abortSignal: signal });
    return answer.readableStreamBody === undefined ? Buffer.alloc(0) : await buffer(answer.readableStreamBody);
  });
}

/** @throws StorageRefusal */
export async function writeBlob(
  container: ContainerClient,
  name: string,
  content: Buffer,
  signal: AbortSignal,
): Promise<void> {
  await refusing(() => container.getBlockBlobClient(name).upload(content, content.length, { abortSignal: signal }));
}

/** @throws StorageRefusal */
export async function removeBlob(container: ContainerClient, name: string, signal: AbortSignal): Promise<void> {
  await refusing(() => container.getBlobClient(name).delete({ abortSignal: signal }));
}

async function refusing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    // The storage's own message goes on with a request id and a time: the first line says it all.
    throw new StorageRefusal(error.statusCode, error.code ?? "Unknown", error.message.split("\n", 1)[0] ?? "");
  }
}

const useAgent = (agent: Agent): RequestPolicyFactory => ({
  create: (next) => ({
    sendRequest: (request) => {
      request.agent = agent;
      return next.sendRequest(request);
    },
  }),
});

/** The identity of the emulated HSM. Only a storage emulator accepts its token, which has no valid signature. */
function makeIdentity(tenantId: string, principalId: string): TokenCredential {
  return {
    getToken: async () => {
      // The storage looks at the real time, whatever the emulator's clock says.
      const request = {
        resource: STORAGE_RESOURCE,
        tenantId,
        principalId,
        lifetimeSeconds: TOKEN_LIFETIME_SECONDS,
      };
      const { token, expiresOn } = makeAccessToken({ ...request, now: new Date() });
      return { token, expiresOnTimestamp: expiresOn.getTime() };
    },
  };
}
