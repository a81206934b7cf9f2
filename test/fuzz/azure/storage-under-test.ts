import type { TokenCredential } from "@azure/core-auth";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { expect } from "vitest";
import { backupContainers } from "../../../azure/storage/backup-containers.ts";
import { followQueue, ledgerBlobs } from "../../../azure/storage/ledger.ts";
import { after, HOUR, instantOf } from "../../../backup/model/instant.ts";
import type { Ports } from "../../../backup/ports.ts";
import { identity } from "../../azure/secrets.ts";
import { outcomeOf } from "./outcomes.ts";

// What waits between tries would only make the tests slow.
const OPTIONS = { retryOptions: { maxTries: 2, retryDelayInMs: 1, maxRetryDelayInMs: 1 } };
const MESSAGE = { schemaVersion: 1, hsm: "contoso", run: "20261123T020000Z-m-aaaaaaaa", seq: 0 };
const CONTAINER = "mhsm-backup-contoso-2026-11-23";

/** A listing as it should be: one blob of three bytes. */
export const LISTING = `<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>folder/a</Name><Properties><Content-Length>3</Content-Length></Properties></Blob></Blobs><NextMarker/></EnumerationResults>`;

export type Storage = Pick<
  Ports,
  "readBlob" | "writeBlob" | "listBlobs" | "sendMessage" | "prepareTarget" | "countBlobs" | "writeManifest"
>;

/** Every verb of the storage adapters, with a token and over TLS as in production, on the server at `origin`. */
export function storageAt(origin: string, limit: number, credential: TokenCredential = identity): Storage {
  const service = new BlobServiceClient(`${origin}/stub`, credential, OPTIONS);
  const queue = new QueueServiceClient(`${origin}/stub`, credential, OPTIONS).getQueueClient("backup-runs-follow-ups");
  return {
    ...ledgerBlobs(service.getContainerClient("backup-runs"), limit),
    ...followQueue(queue, () => new Date(), limit),
    ...backupContainers({
      service,
      authentication: "sas",
      sasLifetime: HOUR,
      now: () => new Date(),
      callTimeLimit: limit,
    }),
  };
}

/** Each verb as the product calls it, and what its success has to look like. */
export const VERBS: readonly (readonly [string, (storage: Storage) => Promise<unknown>, (value: unknown) => void])[] = [
  [
    "readBlob",
    ({ readBlob }) => readBlob("hsms/contoso.json"),
    (value) => {
      if (isAbsent(value)) return;
      expect(value).toEqual({ outcome: "found", body: expect.any(Uint8Array), etag: expect.any(String) });
    },
  ],
  [
    "writeBlob",
    ({ writeBlob }) => writeBlob({ name: "hsms/contoso.json", body: "{}", onlyIf: "absent" }),
    (value) => {
      if (isLost(value)) return;
      expect(value).toEqual({ outcome: "written", etag: expect.any(String) });
    },
  ],
  ["listBlobs", ({ listBlobs }) => listBlobs("runs/", "a marker", 10), expectPage],
  [
    "sendMessage",
    ({ sendMessage }) => sendMessage(MESSAGE, instantOf(new Date()), after(new Date(), HOUR)),
    (value) => expect(value).toBeUndefined(),
  ],
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
    "writeManifest",
    ({ writeManifest }) => writeManifest(CONTAINER, "run.backup.json", "{}"),
    (value) => expect(value).toBeUndefined(),
  ],
];

const isAbsent = (value: unknown): boolean => JSON.stringify(value) === '{"outcome":"absent"}';
const isLost = (value: unknown): boolean => JSON.stringify(value) === '{"outcome":"lost"}';

/** What the product takes for an ordinary outcome, although the service refused. */
const isLostOrAbsent = (value: unknown): boolean => isAbsent(value) || isLost(value);

/** Whatever was listed is a list; its names are those of the answer. */
export function expectPage(value: unknown): void {
  expect(value).toHaveProperty("blobs", expect.any(Array));
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
