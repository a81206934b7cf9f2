import { text } from "node:stream/consumers";
import type { BlobClient } from "@azure/storage-blob";

/**
 * The text of a blob at one moment. Not `downloadToBuffer`: it asks for the length first, and returns a truncated text when
 * a longer one is written in between.
 */
export async function readBlob(blob: BlobClient): Promise<string> {
  const { readableStreamBody } = await blob.download();
  if (readableStreamBody === undefined) throw new Error(`${blob.name} came without a body.`);
  return text(readableStreamBody);
}
