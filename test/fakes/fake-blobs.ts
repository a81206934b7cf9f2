import { type BlobToWrite, LARGEST_BLOB, type Metadata, type Ports } from "../../backup/ports.ts";
import { fakeFailure } from "./fake-failure.ts";

const CONTAINER = "backup-runs";
const LONGEST_PAGE = 5_000;
const METADATA_NAME = /^[A-Za-z_]\w*$/;
const METADATA_VALUE = /^[\x20-\x7e]*$/;

export type FakeBlob = { readonly body: Uint8Array; readonly metadata: Metadata; readonly etag: string };

export type FakeBlobs = Pick<Ports, "readBlob" | "writeBlob" | "listBlobs"> & {
  /** The blobs of the ledger, by name. */
  readonly blobs: ReadonlyMap<string, FakeBlob>;
  /** The blob's text; undefined where there is none. */
  readonly textOf: (name: string) => string | undefined;
  /** Writes as another tool would, whatever is there. */
  readonly put: (name: string, body: string | Uint8Array, metadata?: Metadata) => void;
  /** Gives the blob another ETag, and leaves what it holds. */
  readonly touch: (name: string) => void;
  readonly deleteBlob: (name: string) => void;
  /** From now on every verb fails with `ledgerMissing`. */
  readonly deleteContainer: () => void;
  /** An empty container again. */
  readonly createContainer: () => void;
};

/** The ledger in memory. Every write gives a new ETag, and every verb takes effect only after it was called. */
export function fakeBlobs(): FakeBlobs {
  const blobs = new Map<string, FakeBlob>();
  const markers = new Map<string, string>();
  let exists = true;
  let writes = 0;

  const put = (name: string, body: string | Uint8Array, metadata: Metadata = {}): FakeBlob => {
    writes += 1;
    // A copy: what the caller does with his bytes later changes nothing here.
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body.slice();
    const blob = { body: bytes, metadata: { ...metadata }, etag: `"0x${writes.toString(16).padStart(15, "0")}"` };
    blobs.set(name, blob);
    return blob;
  };

  /** A call reaches the service some time after it was made; the container may be gone by then. */
  const arrive = async (operation: string): Promise<void> => {
    await Promise.resolve();
    if (exists) return;
    throw fakeFailure(operation, CONTAINER, { reason: "ledgerMissing", status: 404, code: "ContainerNotFound" });
  };

  return {
    blobs,
    textOf: (name) => {
      const blob = blobs.get(name);
      return blob && new TextDecoder().decode(blob.body);
    },
    put: (name, body, metadata) => void put(name, body, metadata),
    touch: (name) => {
      const blob = blobs.get(name);
      if (blob !== undefined) put(name, blob.body, blob.metadata);
    },
    deleteBlob: (name) => void blobs.delete(name),
    deleteContainer: () => {
      exists = false;
      blobs.clear();
    },
    createContainer: () => {
      exists = true;
    },

    readBlob: async (name) => {
      await arrive("read the ledger");
      const blob = blobs.get(name);
      if (blob === undefined) return { outcome: "absent" };
      if (blob.body.byteLength > LARGEST_BLOB) throw tooLarge(name);
      return { outcome: "found", body: blob.body.slice(), etag: blob.etag };
    },

    writeBlob: async ({ name, body, metadata = {}, onlyIf }) => {
      await arrive("write the ledger");
      checkMetadata(metadata);
      if (!isAllowed(onlyIf, blobs.get(name)?.etag)) return { outcome: "lost" };
      return { outcome: "written", etag: put(name, body, metadata).etag };
    },

    listBlobs: async (prefix, marker, limit) => {
      await arrive("list the ledger");
      const from = marker === undefined ? "" : markers.get(marker);
      if (from === undefined) {
        throw rejected("list the ledger", "InvalidQueryParameterValue");
      }
      const names = [...blobs.keys()].filter((name) => name.startsWith(prefix) && name >= from).sort();
      const page = names.slice(0, Math.min(limit, LONGEST_PAGE));
      const next = names[page.length];
      return {
        blobs: page.map((name) => ({ name, metadata: { ...blobs.get(name)?.metadata } })),
        marker: next === undefined ? undefined : remember(markers, next),
      };
    },
  };
}

function remember(markers: Map<string, string>, next: string): string {
  // Opaque, and valid for as long as the service decides.
  const marker = Buffer.from(`${markers.size}!${next}`).toString("base64url");
  markers.set(marker, next);
  return marker;
}

function isAllowed(onlyIf: BlobToWrite["onlyIf"], etag: string | undefined): boolean {
  return onlyIf === "absent" ? etag === undefined : etag === onlyIf.etag;
}

function checkMetadata(metadata: Metadata): void {
  const isFine = ([name, value]: [string, string]): boolean => METADATA_NAME.test(name) && METADATA_VALUE.test(value);
  if (!Object.entries(metadata).every(isFine)) throw rejected("write the ledger", "InvalidMetadata");
}

const tooLarge = (name: string) =>
  fakeFailure("read the ledger", name, {
    reason: "unreadable",
    status: 200,
    code: "blobTooLarge",
    remedy: `Move ${name} out of the ledger's container.`,
  });

const rejected = (operation: string, code: string) =>
  fakeFailure(operation, CONTAINER, { reason: "rejected", status: 400, code });
