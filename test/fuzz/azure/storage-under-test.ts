import type { TokenCredential } from "@azure/core-auth";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { expect } from "vitest";
import { backupContainers } from "../../../azure/storage/backup-containers.ts";
import { followQueue } from "../../../azure/storage/follow-queue.ts";
import { ledgerBlobs } from "../../../azure/storage/ledger-blobs.ts";
import { FOLLOW_QUEUE, LEDGER_CONTAINER } from "../../../azure/storage/storage-clients.ts";
import type { Deps } from "../../../backup/deps.ts";
import { HOUR } from "../../../backup/instant.ts";
import { credential } from "../../azure/secrets.ts";
import { outcomeOf } from "./outcomes.ts";

// What waits between tries would only make the tests slow.
const OPTIONS = { retryOptions: { maxTries: 2, retryDelayInMs: 1, maxRetryDelayInMs: 1 } };
const MESSAGE = { hsm: "contoso", run: "20261123T020000Z-m-aaaaaaaa", seq: 0 };
const CONTAINER = "mhsm-backup-contoso-2026-11-23";

/** A listing as it should be: one blob of three bytes. */
export const LISTING = `<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>folder/a</Name><Properties><Content-Length>3</Content-Length></Properties></Blob></Blobs><NextMarker/></EnumerationResults>`;

export type Storage = Pick<
  Deps,
  "readBlob" | "writeBlob" | "listBlobs" | "wakeLater" | "takeBack" | "prepareTarget" | "countBlobs" | "writeBeside"
>;

/** Every verb of the storage adapters, with a token and over TLS as in production, on whoever answers at `origin`. */
export function storageAt(origin: string, limit: number, identity: TokenCredential = credential): Storage {
  const service = new BlobServiceClient(`${origin}/stub`, identity, OPTIONS);
  const queue = new QueueServiceClient(`${origin}/stub`, identity, OPTIONS).getQueueClient(FOLLOW_QUEUE);
  return {
    ...ledgerBlobs(service.getContainerClient(LEDGER_CONTAINER), limit),
    ...followQueue(queue, limit),
    ...backupContainers({
      service,
      authentication: "sas",
      sasLifetime: HOUR,
      now: () => new Date(),
      callTimeLimit: limit,
    }),
  };
}

const text = expect.stringMatching(/\S/);

/** Each verb as the product calls it, and what its success has to look like. */
export const VERBS: readonly (readonly [string, (storage: Storage) => Promise<unknown>, (value: unknown) => void])[] = [
  [
    "readBlob",
    ({ readBlob }) => readBlob("hsms/contoso.json"),
    (value) => {
      if (isAbsent(value)) return;
      expect(value).toEqual({ outcome: "found", body: expect.any(Uint8Array), etag: text });
    },
  ],
  [
    "writeBlob",
    ({ writeBlob }) => writeBlob({ name: "hsms/contoso.json", body: "{}", onlyIf: "absent" }),
    (value) => {
      if (isLost(value)) return;
      expect(value).toEqual({ outcome: "written", etag: text });
    },
  ],
  ["listBlobs", ({ listBlobs }) => listBlobs("runs/", "a marker", 10), expectPage],
  [
    "wakeLater",
    ({ wakeLater }) => wakeLater(MESSAGE, 0),
    (value) => expect(value).toEqual({ id: text, popReceipt: text }),
  ],
  ["takeBack", ({ takeBack }) => takeBack({ id: "id", popReceipt: "pop" }), (value) => expect(value).toBeUndefined()],
  [
    "prepareTarget",
    ({ prepareTarget }) => prepareTarget(CONTAINER),
    (value) => {
      expect(value).toHaveProperty("containerUrl", expect.stringMatching(new RegExp(`/stub/${CONTAINER}$`)));
      expect(JSON.stringify(value)).toContain('"sas":"[secret]"');
    },
  ],
  ["countBlobs", ({ countBlobs }) => countBlobs(CONTAINER, "folder"), expectCount],
  [
    "writeBeside",
    ({ writeBeside }) => writeBeside(CONTAINER, "run.backup.json", "{}"),
    (value) => expect(value).toBeUndefined(),
  ],
];

const isAbsent = (value: unknown): boolean => JSON.stringify(value) === '{"outcome":"absent"}';
const isLost = (value: unknown): boolean => JSON.stringify(value) === '{"outcome":"lost"}';

/** What the product takes for an ordinary outcome, although the service refused. */
const isLostOrAbsent = (value: unknown): boolean => isAbsent(value) || isLost(value);

/** Whatever was listed: names and metadata are texts, and a marker that there is leads on. */
export function expectPage(value: unknown): void {
  expect(value).toEqual({ blobs: expect.any(Array), marker: value === undefined ? "" : markerOf(value) });
  for (const blob of blobsOf(value)) {
    expect(blob).toEqual({ name: expect.any(String), metadata: expect.any(Object) });
    const metadata: unknown = typeof blob === "object" && blob !== null && "metadata" in blob ? blob.metadata : null;
    for (const each of Object.values(metadata ?? {})) expect(each).toBeTypeOf("string");
  }
}

const blobsOf = (value: unknown): readonly unknown[] =>
  typeof value === "object" && value !== null && "blobs" in value && Array.isArray(value.blobs) ? value.blobs : [];

function markerOf(value: unknown): unknown {
  const marker: unknown = typeof value === "object" && value !== null && "marker" in value ? value.marker : undefined;
  return marker === undefined ? undefined : expect.stringMatching(/^(?!a marker$).+$/s);
}

/** Counts go into a record as they are: whole numbers from 0. */
export function expectCount(value: unknown): void {
  const count = expect.toSatisfy((each: unknown) => Number.isSafeInteger(each) && Number(each) >= 0);
  expect(value).toEqual({ blobCount: count, bytes: count });
}

/** Calls every verb at once, and checks what each of them came to. @returns the reasons, or `success`, or `lost or absent`, by verb */
export async function callAll(origin: string, limit: number): Promise<Readonly<Record<string, string>>> {
  const storage = storageAt(origin, limit);
  const results = VERBS.map(async ([verb, call, expectSuccess]) => {
    const outcome = await outcomeOf(call(storage), limit);
    if ("failed" in outcome) return [verb, outcome.failed.failure.reason];
    expectSuccess(outcome.value);
    return [verb, isLostOrAbsent(outcome.value) ? "lost or absent" : "success"];
  });
  return Object.fromEntries(await Promise.all(results));
}
