import type { ContainerClient } from "@azure/storage-blob";
import type { QueueClient } from "@azure/storage-queue";
import { CallFailed } from "../../backup/model/call-failed.ts";
import { millis, SECOND } from "../../backup/model/instant.ts";
import { type BlobToWrite, LARGEST_BLOB, type Ports, type ReadBlob, type Written } from "../../backup/ports.ts";
import { accountOf, callStorage, codeOf, listPage } from "./storage-call.ts";

/**
 * 412 ConditionNotMet; 409 BlobAlreadyExists where none was wanted; 404 where an ETag was, but the blob is gone. Not any
 * 412: that of a lease (LeaseIdMissing) is no race.
 */
const LOST_RACES: readonly string[] = ["ConditionNotMet", "BlobAlreadyExists", "BlobNotFound"];

/**
 * The ledger in the blobs of `container`, which is never created here. Each verb ends within `callTimeLimit` milliseconds
 * and throws nothing but `CallFailed`: `ledgerMissing` where the container doesn't exist, `rejected` for a marker that
 * the service doesn't know.
 */
export function ledgerBlobs(
  container: ContainerClient,
  callTimeLimit: number,
): Pick<Ports, "readBlob" | "writeBlob" | "listBlobs"> {
  const call = <T>(operation: string, made: (abortSignal: AbortSignal) => Promise<T>): Promise<T> => {
    const about = {
      operation,
      target: container.containerName,
      account: accountOf(container),
      side: "ledger",
    } as const;
    return callStorage(about, callTimeLimit, made);
  };
  return {
    readBlob: (name) => call("read the ledger", (abortSignal) => read(container, name, abortSignal)),
    writeBlob: (blob) => call("write the ledger", (abortSignal) => write(container, blob, abortSignal)),
    listBlobs: (prefix, marker, limit) =>
      call("list the ledger", async (abortSignal) => {
        const page = await listPage(container, { prefix, marker, limit, abortSignal });
        return { ...page, blobs: page.blobs.map(({ name, metadata }) => ({ name, metadata: { ...metadata } })) };
      }),
  };
}

async function read(container: ContainerClient, name: string, abortSignal: AbortSignal): Promise<ReadBlob> {
  try {
    // One GET returns bytes and ETag of the same version; a download that breaks off goes on under that ETag.
    const { etag = "", readableStreamBody } = await container
      .getBlobClient(name)
      .download(0, undefined, { abortSignal });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of readableStreamBody ?? []) {
      const bytes = Buffer.from(chunk);
      size += bytes.byteLength;
      // Leaving the loop ends the stream.
      if (size > LARGEST_BLOB) throw blobTooLarge(name);
      chunks.push(bytes);
    }
    return { outcome: "found", body: new Uint8Array(Buffer.concat(chunks)), etag };
  } catch (thrown) {
    if (codeOf(thrown) === "BlobNotFound") return { outcome: "absent" };
    throw thrown;
  }
}

/** The app can't repair it: its bytes would have to be read to be kept as damage. */
const blobTooLarge = (name: string): CallFailed =>
  new CallFailed({
    operation: "read the ledger",
    target: name,
    reason: "unreadable",
    status: 200,
    code: "blobTooLarge",
    said: `it has more than ${LARGEST_BLOB} bytes, and the app writes none that large`,
    remedy: `Move ${name} out of the ledger's container, and find out what wrote it: what is missing then is rebuilt.`,
  });

/**
 * Writes under the condition. Where an answer is lost, the SDK sends the write again and meets its own ETag: that is
 * reported as `lost` although it took effect. The product judges every lost race by reading again.
 */
async function write(
  container: ContainerClient,
  { name, body, metadata, onlyIf }: BlobToWrite,
  abortSignal: AbortSignal,
): Promise<Written> {
  const bytes = Buffer.from(body);
  try {
    const { etag = "" } = await container.getBlockBlobClient(name).upload(bytes, bytes.byteLength, {
      abortSignal,
      conditions: onlyIf === "absent" ? { ifNoneMatch: "*" } : { ifMatch: onlyIf.etag },
      blobHTTPHeaders: { blobContentType: "application/json" },
      metadata: { ...metadata },
    });
    return { outcome: "written", etag };
  } catch (thrown) {
    if (LOST_RACES.includes(codeOf(thrown))) return { outcome: "lost" };
    throw thrown;
  }
}

/**
 * The queue of messages that ask for the next step of a run. A message that the SDK sends again because the answer was
 * lost is there twice: the second one is a duplicate like any other. A queue that is missing is created.
 */
export function followQueue(queue: QueueClient, now: () => Date, callTimeLimit: number): Pick<Ports, "sendMessage"> {
  const about = { operation: "send a message", target: queue.name, account: accountOf(queue), side: "queue" } as const;
  return {
    sendMessage: (message, visibleAt, expiresAt) =>
      callStorage(about, callTimeLimit, async (abortSignal) => {
        const time = now();
        // In whole seconds, as the service wants them; it refuses a message that doesn't outlive its hiding.
        const secondsUntil = (instant: string): number => Math.ceil((millis(instant) - millis(time)) / SECOND);
        const visibilityTimeout = Math.max(secondsUntil(visibleAt), 0);
        const messageTimeToLive = Math.max(secondsUntil(expiresAt), visibilityTimeout + 1);
        // The host expects messages in base64.
        const body = Buffer.from(JSON.stringify(message)).toString("base64");
        const send = () => queue.sendMessage(body, { visibilityTimeout, messageTimeToLive, abortSignal });
        try {
          await send();
        } catch (thrown) {
          if (codeOf(thrown) !== "QueueNotFound") throw thrown;
          await queue.createIfNotExists({ abortSignal });
          await send();
        }
      }),
  };
}
