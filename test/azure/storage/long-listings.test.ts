import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { backupContainers } from "../../../azure/storage/backup-containers.ts";
import { ledgerBlobs } from "../../../azure/storage/ledger.ts";
import { HOUR, SECOND } from "../../../backup/model/instant.ts";
import { failureOfCall } from "../../contract/failed-call.ts";
import { type Stub, startStub } from "./stub-storage.ts";

let stub: Stub | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

const LIMIT = 30 * SECOND;
const SHORT_LIMIT = 300;

type Item = { readonly name: string; readonly bytes: number; readonly isDirectory?: boolean };
type Page = { readonly items: readonly Item[]; readonly next: string };

const NO_PAGE: Page = { items: [], next: "" };
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

const containersOf = (service: Stub["service"], callTimeLimit = LIMIT) =>
  backupContainers({ service, authentication: "sas", sasLifetime: HOUR, now: () => new Date(), callTimeLimit });

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
  const containers = containersOf(service);
  expect(await containers.countBlobs("any", "f")).toEqual({ blobCount: 2, bytes: 7 });
});

test("the time limit is that of a page: a long listing takes as many as it has", async () => {
  const pages = 6;
  const pause = SHORT_LIMIT / 2;
  stub = await startStub(async (request) => {
    const page = Number(markerOf(request) || 1);
    await wait(pause);
    const items = [{ name: `f/${page}`, bytes: 1 }];
    return { status: 200, text: xmlOf({ items, next: page < pages ? String(page + 1) : "" }) };
  });
  const began = performance.now();
  const { countBlobs } = containersOf(stub.service, SHORT_LIMIT);
  expect(await countBlobs("any", "f")).toEqual({ blobCount: pages, bytes: pages });
  expect(performance.now() - began).toBeGreaterThan(SHORT_LIMIT);
});

test("a page that doesn't come within the time limit fails the count", async () => {
  stub = await startStub((request) =>
    markerOf(request) === "" ? { status: 200, text: xmlOf(PAGES[""] ?? NO_PAGE) } : "silence",
  );
  const failure = await failureOfCall(containersOf(stub.service, SHORT_LIMIT).countBlobs("any", "f"));
  expect(failure).toMatchObject({ reason: "noAnswer", code: "TimedOut", operation: "list the folder" });
});

test("an empty page of the ledger has a marker where there is more", async () => {
  const { ledger } = await startListing();
  const { listBlobs } = ledgerBlobs(ledger, LIMIT);
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
