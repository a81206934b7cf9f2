import { describe, expect, test } from "vitest";
import { type BlobPage, type BlobToWrite, LARGEST_BLOB, type Ports } from "../../backup/ports.ts";
import { failureOfCall } from "./failed-call.ts";

export type LedgerWorld = {
  readonly ledger: Pick<Ports, "readBlob" | "writeBlob" | "listBlobs">;
  readonly deleteBlob: (name: string) => Promise<void> | void;
  readonly deleteContainer: () => Promise<void> | void;
};

/** What every ledger does. `make` gives an empty one of its own for each test. */
export function ledgerBlobsContract(name: string, make: () => Promise<LedgerWorld>): void {
  describe(`${name} as a ledger`, () => {
    test("a blob that isn't there is absent", async () => {
      const { ledger } = await make();
      expect(await ledger.readBlob("hsms/contoso.json")).toEqual({ outcome: "absent" });
    });

    test("what was written is read back, byte for byte, with the ETag of its writing", async () => {
      const { ledger } = await make();
      const body = Uint8Array.from({ length: 256 }, (_, index) => index);
      const etag = await written(ledger.writeBlob({ name: "damaged/x", body, onlyIf: "absent" }));
      expect(await ledger.readBlob("damaged/x")).toEqual({ outcome: "found", body, etag });
    });

    test("text is written as UTF-8, and an empty body is a body", async () => {
      const { ledger } = await make();
      await written(ledger.writeBlob({ name: "a", body: "Grüße ✓", onlyIf: "absent" }));
      await written(ledger.writeBlob({ name: "b", body: "", onlyIf: "absent" }));
      expect(await textOf(ledger, "a")).toBe("Grüße ✓");
      expect(await textOf(ledger, "b")).toBe("");
    });

    test("a blob that is larger than any of ours can't be read, and the failure says where to move it", async () => {
      const { ledger } = await make();
      await written(ledger.writeBlob({ name: "a", body: new Uint8Array(LARGEST_BLOB), onlyIf: "absent" }));
      await written(ledger.writeBlob({ name: "b", body: new Uint8Array(LARGEST_BLOB + 1), onlyIf: "absent" }));
      expect((await ledger.readBlob("a")).outcome).toBe("found");
      const failure = await failureOfCall(ledger.readBlob("b"));
      expect(failure).toMatchObject({ reason: "unreadable", code: "blobTooLarge", target: "b" });
      expect(failure.remedy).toContain("Move b out of the ledger's container");
    });

    test("a write that wants nothing there loses against a blob, and changes nothing", async () => {
      const { ledger } = await make();
      await written(ledger.writeBlob({ name: "a", body: "first", onlyIf: "absent" }));
      expect(await ledger.writeBlob({ name: "a", body: "second", onlyIf: "absent" })).toEqual({ outcome: "lost" });
      expect(await textOf(ledger, "a")).toBe("first");
    });

    test("every write gives a new ETag, even one of the same bytes, and an old ETag has lost", async () => {
      const { ledger } = await make();
      const first = await written(ledger.writeBlob({ name: "a", body: "same", onlyIf: "absent" }));
      const second = await written(ledger.writeBlob({ name: "a", body: "same", onlyIf: { etag: first } }));
      const third = await written(ledger.writeBlob({ name: "a", body: "same", onlyIf: { etag: second } }));
      expect(new Set([first, second, third]).size).toBe(3);
      expect(await ledger.writeBlob({ name: "a", body: "late", onlyIf: { etag: second } })).toEqual({
        outcome: "lost",
      });
      expect(await textOf(ledger, "a")).toBe("same");
    });

    test("an ETag of a blob that is gone has lost, and makes no blob", async () => {
      const { ledger, deleteBlob } = await make();
      const etag = await written(ledger.writeBlob({ name: "a", body: "1", onlyIf: "absent" }));
      await deleteBlob("a");
      expect(await ledger.writeBlob({ name: "a", body: "2", onlyIf: { etag } })).toEqual({ outcome: "lost" });
      expect(await ledger.readBlob("a")).toEqual({ outcome: "absent" });
    });

    test("of writes at once under one condition, exactly one wins", async () => {
      const { ledger } = await make();
      const race = (onlyIf: BlobToWrite["onlyIf"]) =>
        Promise.all([1, 2, 3, 4, 5].map((n) => ledger.writeBlob({ name: "a", body: `${n}`, onlyIf })));
      const created = await race("absent");
      const winners = created.flatMap((one) => (one.outcome === "written" ? [one.etag] : []));
      expect(winners).toHaveLength(1);
      const changed = await race({ etag: winners[0] ?? "" });
      expect(changed.filter(({ outcome }) => outcome === "written")).toHaveLength(1);
    });

    test("a listing has the names under the prefix in order, with their metadata", async () => {
      const { ledger } = await make();
      for (const name of ["runs/b/2", "runs/a/1", "runs/b/10", "hsms/b.json", "runs/bc/1"]) {
        await written(
          ledger.writeBlob({ name, body: name, metadata: { state: "Succeeded", n: name }, onlyIf: "absent" }),
        );
      }
      expect(await ledger.listBlobs("runs/b/", undefined, 100)).toEqual({
        blobs: [
          { name: "runs/b/10", metadata: { state: "Succeeded", n: "runs/b/10" } },
          { name: "runs/b/2", metadata: { state: "Succeeded", n: "runs/b/2" } },
        ],
        marker: undefined,
      });
      expect(await ledger.listBlobs("runs/z/", undefined, 100)).toEqual({ blobs: [], marker: undefined });
    });

    test("metadata is that of the newest write, and none is none", async () => {
      const { ledger } = await make();
      const first = { name: "a", body: "1", metadata: { state: "Starting" }, onlyIf: "absent" } as const;
      const etag = await written(ledger.writeBlob(first));
      await written(ledger.writeBlob({ name: "a", body: "2", metadata: { bytes: "7" }, onlyIf: { etag } }));
      await written(ledger.writeBlob({ name: "b", body: "3", onlyIf: "absent" }));
      const { blobs } = await ledger.listBlobs("", undefined, 10);
      expect(blobs).toEqual([
        { name: "a", metadata: { bytes: "7" } },
        { name: "b", metadata: {} },
      ]);
    });

    test("pages follow each other by their marker, with nothing twice and nothing left out", async () => {
      const { ledger } = await make();
      const names = ["r/1", "r/2", "r/3", "r/4", "r/5"];
      for (const name of names) await written(ledger.writeBlob({ name, body: name, onlyIf: "absent" }));
      const pages: BlobPage[] = [];
      let marker: string | undefined;
      do {
        const page: BlobPage = await ledger.listBlobs("r/", marker, 2);
        pages.push(page);
        marker = page.marker;
      } while (marker !== undefined);
      expect(pages.flatMap(({ blobs }) => blobs.map(({ name }) => name))).toEqual(names);
      expect(pages.every(({ blobs }) => blobs.length <= 2)).toBe(true);
      // A marker is no page number: it can be used again.
      expect(await ledger.listBlobs("r/", pages[0]?.marker, 2)).toMatchObject({ blobs: pages[1]?.blobs });
    });

    test("metadata with a name that the service has no place for is rejected", async () => {
      const { ledger } = await make();
      const write = ledger.writeBlob({ name: "a", body: "1", metadata: { "not a name": "x" }, onlyIf: "absent" });
      await expect(write).rejects.toThrow("write the ledger");
      expect(await ledger.readBlob("a")).toEqual({ outcome: "absent" });
    });

    test("without the container every verb fails with ledgerMissing, and makes none", async () => {
      const { ledger, deleteContainer } = await make();
      await deleteContainer();
      const calls = [
        () => ledger.readBlob("hsms/contoso.json"),
        () => ledger.writeBlob({ name: "a", body: "1", onlyIf: "absent" }),
        () => ledger.writeBlob({ name: "a", body: "1", onlyIf: { etag: '"0x1"' } }),
        () => ledger.listBlobs("", undefined, 10),
      ];
      for (const call of calls) {
        expect(await failureOfCall(call())).toMatchObject({ reason: "ledgerMissing", status: 404 });
      }
    });
  });
}

async function written(write: ReturnType<Ports["writeBlob"]>): Promise<string> {
  const done = await write;
  if (done.outcome !== "written") throw new Error("The write was lost.");
  return done.etag;
}

async function textOf(ledger: LedgerWorld["ledger"], name: string): Promise<string | undefined> {
  const blob = await ledger.readBlob(name);
  return blob.outcome === "found" ? new TextDecoder().decode(blob.body) : undefined;
}
