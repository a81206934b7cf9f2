import type { Deps } from "../../backup/deps.ts";
import { fakeBlobs } from "../fakes/fake-blobs.ts";
import { touches } from "./blob-touches.ts";
import type { Stage } from "./stage.ts";

export type LedgerVerbs = Pick<Deps, "readBlob" | "writeBlob" | "listBlobs">;

/** The ledger as it stands at its service, whoever can reach it. */
export type SimulatedLedger = {
  /** Its verbs as one host calls them. */
  readonly verbsOf: (host: number) => LedgerVerbs;
  readonly texts: ReadonlyMap<string, string>;
  /** What the app wrote there in this world, the first first: the copies that somebody may put back. */
  readonly copiesOf: (name: string) => readonly string[];
  /** Somebody writes or deletes (`null`) a blob by hand. `isBare`: as a tool that knows no metadata. */
  readonly damage: (name: string, body: string | null, isBare: boolean) => void;
  readonly deleteContainer: () => void;
  readonly makeContainer: () => void;
};

const decoder = new TextDecoder();

export function simulatedLedger(stage: Stage): SimulatedLedger {
  const { tell } = stage;
  const fake = fakeBlobs();
  const isTouched = touches(stage);
  const texts = new Map<string, string>();
  const copies = new Map<string, string[]>();
  return {
    texts,
    copiesOf: (name) => copies.get(name) ?? [],
    verbsOf: (host) => ({
      readBlob: fake.readBlob,
      listBlobs: fake.listBlobs,
      writeBlob: async (blob) => {
        if (isTouched(blob)) fake.touch(blob.name);
        const written = await fake.writeBlob(blob);
        if (written.outcome === "written") {
          const body = typeof blob.body === "string" ? blob.body : decoder.decode(blob.body);
          texts.set(blob.name, body);
          copies.set(blob.name, [...(copies.get(blob.name) ?? []), body]);
          tell({ kind: "blobWritten", host, name: blob.name, body });
        }
        return written;
      },
    }),
    damage: (name, body, isBare) => {
      const before = texts.get(name) ?? "";
      if (body === null) {
        fake.deleteBlob(name);
        texts.delete(name);
      } else {
        fake.put(name, body, isBare ? {} : fake.blobs.get(name)?.metadata);
        texts.set(name, body);
      }
      tell({ kind: "blobDamaged", name, before, body });
    },
    deleteContainer: () => {
      fake.deleteContainer();
      texts.clear();
      tell({ kind: "ledgerDeleted" });
    },
    makeContainer: () => {
      fake.createContainer();
      tell({ kind: "ledgerMade" });
    },
  };
}
