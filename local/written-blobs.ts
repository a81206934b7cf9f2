import type { TokenCredential } from "@azure/core-auth";
import { BlobServiceClient, RestError } from "@azure/storage-blob";
import { makeAccessToken } from "./access-token.ts";

const STORAGE = "https://storage.azure.com";
const LIFETIME_SECONDS = 3_600;
const NOT_FOUND = 404;

export type Written = { readonly blobs: number; readonly bytes: number };
export type CountWritten = (container: string, since: Date) => Promise<Written>;

/** Counts the blobs in a container's folders since an instant, with an ordinary token. */
export function createCounter(storageUrl: string, tenantId: string, principalId: string): CountWritten {
  const credential: TokenCredential = {
    getToken: async () => {
      const now = new Date();
      const made = makeAccessToken({
        resource: STORAGE,
        tenantId,
        principalId,
        lifetimeSeconds: LIFETIME_SECONDS,
        now,
      });
      return { token: made.token, expiresOnTimestamp: made.expiresOn.getTime() };
    },
  };
  const service = new BlobServiceClient(storageUrl, credential);
  return async (container, since) => {
    let blobs = 0;
    let bytes = 0;
    // Blob times have whole seconds.
    const from = Math.floor(since.getTime() / 1000) * 1000;
    try {
      for await (const { name, properties } of service.getContainerClient(container).listBlobsFlat()) {
        if (!name.includes("/") || properties.lastModified.getTime() < from) continue;
        blobs += 1;
        bytes += properties.contentLength ?? 0;
      }
    } catch (problem) {
      // The app makes the container when it starts the job.
      if (!(problem instanceof RestError && problem.statusCode === NOT_FOUND)) throw problem;
    }
    return { blobs, bytes };
  };
}
