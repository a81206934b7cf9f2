import type { IncomingMessage } from "node:http";
import { afterEach, expect, test } from "vitest";
import { backupContainers } from "../../../azure/storage/backup-containers.ts";
import { ledgerBlobs } from "../../../azure/storage/ledger-blobs.ts";
import { HOUR } from "../../../backup/instant.ts";
import { type Stub, startStub } from "./stub-storage.ts";

let stub: Stub | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

type Item = { readonly name: string; readonly bytes: number; readonly isDirectory?: boolean };
type Page = { readonly items: readonly Item[]; readonly next: string };

const PAGES: Readonly<Record<string, Page>> = {
  "": { items: [{ name: "f/a", bytes: 3 }], next: "second" },
  // The service may give an empty page in the middle.
  second: { items: [], next: "third" },
  third: {
    items: [
      { name: "f/b", bytes: 0, isDirectory: true },
      { name: "f/b/c", bytes: 4 },
    ],
    next: "",
  },
};

/** Lists in pages of its own making, as the service does with thousands of blobs. */
async function startListing(): Promise<Stub> {
  stub = await startStub((request) => {
    const page = PAGES[markerOf(request)];
    return page === undefined
      ? { status: 400, code: "InvalidQueryParameterValue" }
      : { status: 200, text: xmlOf(page) };
  });
  return stub;
}

test("a folder is counted over all its pages; directories of a hierarchical namespace are no blobs", async () => {
  const { service } = await startListing();
  const containers = backupContainers({ service, authentication: "sas", sasLifetime: HOUR, now: () => new Date() });
  expect(await containers.countBlobs("any", "f")).toEqual({ blobCount: 2, bytes: 7 });
});

test("an empty page of the ledger has a marker where there is more", async () => {
  const { ledger } = await startListing();
  const { listBlobs } = ledgerBlobs(ledger);
  expect(await listBlobs("f/", undefined, 1)).toEqual({ blobs: [{ name: "f/a", metadata: {} }], marker: "second" });
  expect(await listBlobs("f/", "second", 1)).toEqual({ blobs: [], marker: "third" });
  expect((await listBlobs("f/", "third", 1)).marker).toBeUndefined();
});

const markerOf = ({ url = "" }: IncomingMessage): string =>
  new URL(url, "http://stub").searchParams.get("marker") ?? "";

const xmlOf = ({ items, next }: Page): string =>
  `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://stub/" ContainerName="any"><Blobs>${items.map(xmlOfItem).join("")}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;

const xmlOfItem = ({ name, bytes, isDirectory }: Item): string =>
  `<Blob><Name>${name}</Name><Properties><Content-Length>${bytes}</Content-Length><BlobType>BlockBlob</BlobType></Properties>${isDirectory ? "<Metadata><hdi_isfolder>true</hdi_isfolder></Metadata>" : "<Metadata />"}</Blob>`;
