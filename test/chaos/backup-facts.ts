import type { BlobServiceClient } from "@azure/storage-blob";
import { parseFields, text } from "../../scripts/json.ts";
import { readBlob } from "../read-blob.ts";
import type { Listing, ManifestFacts } from "./facts.ts";
import type { Given } from "./find-secrets.ts";

const MANIFEST = ".backup.json";

export type BackupFacts = {
  readonly folders: ReadonlyMap<string, Listing>;
  readonly manifests: readonly ManifestFacts[];
  readonly texts: readonly Given[];
};

/** What the dated containers hold: folders with their blobs counted again, and the manifests. */
export async function readBackups(blobs: BlobServiceClient): Promise<BackupFacts> {
  const folders = new Map<string, Listing>();
  const manifests: ManifestFacts[] = [];
  const texts: Given[] = [];
  for await (const { name: containerName } of blobs.listContainers()) {
    const container = blobs.getContainerClient(containerName);
    for await (const { name, properties } of container.listBlobsFlat()) {
      const slash = name.indexOf("/");
      if (slash > 0) {
        const url = `${container.url}/${name.slice(0, slash)}`;
        const { blobCount, bytes } = folders.get(url) ?? { blobCount: 0, bytes: 0 };
        folders.set(url, { blobCount: blobCount + 1, bytes: bytes + (properties.contentLength ?? 0) });
      } else if (name.endsWith(MANIFEST)) {
        const json = await readBlob(container.getBlobClient(name));
        const manifest = parseFields(json, name);
        manifests.push({ name: `${containerName}/${name}`, run: text(manifest, "id"), state: text(manifest, "state") });
        texts.push({ where: `the manifest ${containerName}/${name}`, text: json });
      }
    }
  }
  return { folders, manifests, texts };
}
