import type { BlobServiceClient } from "@azure/storage-blob";
import { fieldsOf, parseJson, text } from "../../backup/fields.ts";
import { readBlob } from "../read-blob.ts";
import type { CopyFacts, Listing } from "./facts.ts";
import type { Given } from "./find-secrets.ts";

const COPY = ".backup.json";

export type BackupFacts = {
  readonly folders: ReadonlyMap<string, Listing>;
  readonly copies: readonly CopyFacts[];
  readonly texts: readonly Given[];
};

/** All that stands in the dated containers: folders with their blobs counted anew, and the copies of records beside them. */
export async function readBackups(blobs: BlobServiceClient): Promise<BackupFacts> {
  const folders = new Map<string, Listing>();
  const copies: CopyFacts[] = [];
  const texts: Given[] = [];
  for await (const { name: containerName } of blobs.listContainers()) {
    const container = blobs.getContainerClient(containerName);
    for await (const { name, properties } of container.listBlobsFlat()) {
      const slash = name.indexOf("/");
      if (slash > 0) {
        const url = `${container.url}/${name.slice(0, slash)}`;
        const { blobCount, bytes } = folders.get(url) ?? { blobCount: 0, bytes: 0 };
        folders.set(url, { blobCount: blobCount + 1, bytes: bytes + (properties.contentLength ?? 0) });
      } else if (name.endsWith(COPY)) {
        const json = await readBlob(container.getBlobClient(name));
        const copy = fieldsOf(parseJson(json, name), name);
        copies.push({ name: `${containerName}/${name}`, run: text(copy, "id"), state: text(copy, "state") });
        texts.push({ where: `the copy ${containerName}/${name}`, text: json });
      }
    }
  }
  return { folders, copies, texts };
}
