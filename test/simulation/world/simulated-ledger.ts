import type { Metadata, Ports } from "../../../backup/ports.ts";
import type { Damage } from "../facts.ts";
import { touches } from "./blob-touches.ts";
import { about, callFailed } from "./call-failures.ts";
import type { Stage } from "./stage.ts";

export type LedgerVerbs = Pick<Ports, "readBlob" | "writeBlob" | "listBlobs">;

/** The ledger as its service stores it, whether or not a host can reach it. */
export type SimulatedLedger = {
  /** Its verbs as one host calls them. */
  readonly verbsOf: (host: number) => LedgerVerbs;
  readonly texts: ReadonlyMap<string, string>;
  /** What the app wrote there in this world, the oldest first. */
  readonly copiesOf: (name: string) => readonly string[];
  /** Another tool or an operator writes or deletes (`null`) a blob. */
  readonly damage: (name: string, body: string | null, damage: Damage) => void;
  readonly deleteContainer: () => void;
  readonly makeContainer: () => void;
};

type Blob = { readonly body: string; readonly metadata: Metadata; readonly etag: string };

const MISSING = { reason: "ledgerMissing", status: 404, code: "ContainerNotFound" } as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function simulatedLedger(stage: Stage): SimulatedLedger {
  const { emit } = stage;
  const isTouched = touches(stage);
  const blobs = new Map<string, Blob>();
  const texts = new Map<string, string>();
  const copies = new Map<string, string[]>();
  let exists = true;
  let writes = 0;

  const put = (name: string, body: string, metadata: Metadata): string => {
    const etag = `"${++writes}"`;
    blobs.set(name, { body, metadata, etag });
    texts.set(name, body);
    return etag;
  };
  const arrive = (verb: keyof LedgerVerbs): void => {
    if (!exists) throw callFailed(about(verb), MISSING);
  };

  return {
    texts,
    copiesOf: (name) => copies.get(name) ?? [],
    verbsOf: (host) => ({
      readBlob: async (name) => {
        arrive("readBlob");
        const blob = blobs.get(name);
        if (blob === undefined) return { outcome: "absent" };
        return { outcome: "found", body: encoder.encode(blob.body), etag: blob.etag };
      },
      writeBlob: async (blob) => {
        arrive("writeBlob");
        const { name, metadata = {}, onlyIf } = blob;
        const before = blobs.get(name);
        if (before !== undefined && isTouched(blob)) put(name, before.body, before.metadata);
        const current = blobs.get(name)?.etag;
        if (onlyIf === "absent" ? current !== undefined : current !== onlyIf.etag) return { outcome: "lost" };
        const body = typeof blob.body === "string" ? blob.body : decoder.decode(blob.body);
        const etag = put(name, body, metadata);
        copies.set(name, [...(copies.get(name) ?? []), body]);
        emit({ kind: "blobWritten", host, name, body });
        return { outcome: "written", etag };
      },
      listBlobs: async (prefix, marker, limit) => {
        arrive("listBlobs");
        const names = [...blobs.keys()].filter((name) => name.startsWith(prefix) && name >= (marker ?? "")).sort();
        const page = names.slice(0, limit);
        const listed = page.map((name) => ({ name, metadata: blobs.get(name)?.metadata ?? {} }));
        return { blobs: listed, marker: names[page.length] };
      },
    }),
    damage: (name, body, damage) => {
      const before = texts.get(name) ?? "";
      if (body === null) {
        blobs.delete(name);
        texts.delete(name);
      } else {
        put(name, body, {});
      }
      emit({ kind: "blobDamaged", name, before, body, damage });
    },
    deleteContainer: () => {
      exists = false;
      blobs.clear();
      texts.clear();
      emit({ kind: "ledgerDeleted" });
    },
    makeContainer: () => {
      exists = true;
      emit({ kind: "ledgerMade" });
    },
  };
}
