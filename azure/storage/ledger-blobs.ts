import type { BlobRequestConditions, ContainerClient } from "@azure/storage-blob";
import { type BlobToWrite, type Deps, LARGEST_BLOB, type ReadBlob, type Written } from "../../backup/deps.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import { refusalOf } from "../refusal.ts";
import { readPage } from "./listed-page.ts";
import { readAll, TooLarge } from "./read-all.ts";
import { accountOf } from "./service-url.ts";
import { answerUnreadable, callStorage, type StorageCall } from "./storage-failure.ts";

const CONTENT_TYPE = "application/json";

/**
 * The ledger in the blobs of `container`, which is never created here. Each verb ends within `callTimeLimit` milliseconds
 * and throws nothing but `CallFailed`: `ledgerMissing` where the container isn't there, `rejected` for a marker that
 * the service doesn't know.
 */
export function ledgerBlobs(
  container: ContainerClient,
  callTimeLimit: number = INTERVALS.callTimeLimit,
): Pick<Deps, "readBlob" | "writeBlob" | "listBlobs"> {
  const call = <T>(operation: string, made: (abortSignal: AbortSignal) => Promise<T>): Promise<T> =>
    callStorage(aboutLedger(container, operation), callTimeLimit, made);
  return {
    readBlob: (name) => call("read the ledger", (abortSignal) => read(container, name, abortSignal)),
    writeBlob: (blob) => call("write the ledger", (abortSignal) => write(container, blob, abortSignal)),
    listBlobs: (prefix, marker, limit) =>
      call("list the ledger", async (abortSignal) => {
        const pages = container
          .listBlobsFlat({ prefix, includeMetadata: true, abortSignal })
          .byPage({ maxPageSize: limit, ...(marker !== undefined && { continuationToken: marker }) });
        const next = await pages.next();
        const page = next.done === true ? undefined : next.value;
        const read = readPage(page?.segment.blobItems ?? [], page?.continuationToken, marker);
        if (typeof read === "string") throw answerUnreadable(aboutLedger(container, "list the ledger"), read);
        return read;
      }),
  };
}

const aboutLedger = (container: ContainerClient, operation: string): StorageCall => ({
  operation,
  target: container.containerName,
  account: accountOf(container),
  side: "ledger",
});

async function read(container: ContainerClient, name: string, abortSignal: AbortSignal): Promise<ReadBlob> {
  try {
    // One GET gives bytes and ETag of the same version; a download that breaks off goes on under that ETag.
    const { etag = "", readableStreamBody } = await container
      .getBlobClient(name)
      .download(0, undefined, { abortSignal });
    return { outcome: "found", body: await readAll(readableStreamBody, LARGEST_BLOB), etag };
  } catch (thrown) {
    if (thrown instanceof TooLarge) return { outcome: "tooLarge" };
    if (refusalOf(thrown).code === "BlobNotFound") return { outcome: "absent" };
    throw thrown;
  }
}

/**
 * Writes under the condition. Where an answer gets lost, the SDK sends the write again and then meets its own ETag: that is
 * told as `lost` although it took effect. The product judges every lost race by reading again, so this is one of those.
 */
async function write(container: ContainerClient, blob: BlobToWrite, abortSignal: AbortSignal): Promise<Written> {
  const body = typeof blob.body === "string" ? Buffer.from(blob.body) : blob.body;
  try {
    const { etag } = await container.getBlockBlobClient(blob.name).upload(body, body.byteLength, {
      abortSignal,
      conditions: conditionsOf(blob.onlyIf),
      blobHTTPHeaders: { blobContentType: CONTENT_TYPE },
      metadata: { ...blob.metadata },
    });
    // Without an ETag the next write could not be conditional. This one took effect, as the next look will tell.
    if (!etag) throw answerUnreadable(aboutLedger(container, "write the ledger"), "the answer has no ETag");
    return { outcome: "written", etag };
  } catch (thrown) {
    if (blob.onlyIf !== "any" && isLostRace(thrown)) return { outcome: "lost" };
    throw thrown;
  }
}

function conditionsOf(onlyIf: BlobToWrite["onlyIf"]): BlobRequestConditions {
  if (onlyIf === "any") return {};
  return onlyIf === "absent" ? { ifNoneMatch: "*" } : { ifMatch: onlyIf.etag };
}

/**
 * 412 ConditionNotMet; 409 BlobAlreadyExists where none was wanted; 404 where an ETag was, but the blob is gone. Not any 412:
 * that of a lease that somebody took (LeaseIdMissing) is no race.
 */
function isLostRace(thrown: unknown): boolean {
  const { code } = refusalOf(thrown);
  return code === "ConditionNotMet" || code === "BlobAlreadyExists" || code === "BlobNotFound";
}
