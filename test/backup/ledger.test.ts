import { describe, expect, it } from "vitest";
import { CallFailed } from "../../backup/call-failed.ts";
import {
  cardName,
  keepDamaged,
  listCards,
  listedRun,
  readCard,
  readRecord,
  recordName,
  recordsOf,
  writeCard,
  writeRecord,
} from "../../backup/ledger.ts";
import { makeRunId } from "../../backup/run-id.ts";
import { readingDeps } from "./reading-deps.ts";
import { cardOf, failedRun, RUN_ID, runningRun, SLOT, STARTED, startingRun, succeededRun } from "./samples.ts";

describe("the names in the ledger", () => {
  it("are hsms/{hsm}.json for a card", () => {
    expect(cardName("contoso")).toBe("hsms/contoso.json");
  });

  it("are runs/{hsm}/{reverse time}-{id}.json for a record, found from its id alone", () => {
    expect(recordName("contoso", RUN_ID)).toMatch(new RegExp(`^runs/contoso/\\d{13}-${RUN_ID}\\.json$`));
    expect(recordName("contoso", RUN_ID).startsWith(recordsOf("contoso"))).toBe(true);
  });

  it("keep the records of HSMs apart whose names begin alike", () => {
    expect(recordName("contoso2", RUN_ID).startsWith(recordsOf("contoso"))).toBe(false);
  });

  it("list the newest run first, and a later try before an earlier one", () => {
    const ids = [
      makeRunId("2026-11-24T02:00:00.000Z", 1, "aaaaaaaa"),
      makeRunId(SLOT, 10, "bbbbbbbb"),
      makeRunId(SLOT, 2, "zzzzzzzz"),
      makeRunId(SLOT, 1, "aaaaaaaa"),
      makeRunId("2026-11-22T23:00:00.000Z", 0, "aaaaaaaa"),
    ];
    const names = ids.map((id) => recordName("contoso", id));
    expect(names.toSorted()).toEqual(names);
  });
});

describe("a record in the ledger", () => {
  it.each([startingRun(), runningRun(), succeededRun(), failedRun()])(
    "that is $state comes back as it was",
    async (run) => {
      const { deps } = readingDeps();
      const written = await writeRecord(deps, run, null);
      const read = await readRecord(deps, "contoso", RUN_ID);
      if (written.outcome !== "written" || read.outcome !== "run") throw new Error("expected a record");
      expect(read.run).toEqual(run);
      expect(read.etag).toBe(written.etag);
    },
  );

  it("is written once, and changed only under its ETag", async () => {
    const { deps } = readingDeps();
    const first = await writeRecord(deps, startingRun(), null);
    if (first.outcome !== "written") throw new Error("expected the first write to win");
    expect(await writeRecord(deps, startingRun({ seq: 9 }), null)).toEqual({ outcome: "lost" });
    expect((await writeRecord(deps, runningRun(), first.etag)).outcome).toBe("written");
    expect(await writeRecord(deps, failedRun(), first.etag)).toEqual({ outcome: "lost" });
    expect(await readRecord(deps, "contoso", RUN_ID)).toMatchObject({ run: { state: "InProgress" } });
  });

  it("has what lists need in the metadata of its blob", async () => {
    const { deps, ledger } = readingDeps();
    await writeRecord(deps, succeededRun(), null);
    const [blob] = (await ledger.listBlobs(recordsOf("contoso"), undefined, 10)).blobs;
    expect(blob && listedRun("contoso", blob)).toEqual({
      id: RUN_ID,
      hsm: "contoso",
      state: "Succeeded",
      trigger: "schedule",
      slot: SLOT,
      startedAt: STARTED,
      endedAt: "2026-11-23T02:04:04.000Z",
      blobCount: 12,
      bytes: 3_400_000,
    });
  });

  it("that can't be read is given with its bytes and ETag, to be kept and replaced", async () => {
    const { deps, ledger } = readingDeps();
    ledger.put(recordName("contoso", RUN_ID), new Uint8Array([0xff, 0x00, 0x7b]));
    const read = await readRecord(deps, "contoso", RUN_ID);
    expect(read).toMatchObject({ outcome: "unreadable", body: new Uint8Array([0xff, 0x00, 0x7b]) });
    expect(read).toHaveProperty("etag", ledger.blobs.get(recordName("contoso", RUN_ID))?.etag);
  });

  it("is absent where there is none", async () => {
    expect(await readRecord(readingDeps().deps, "contoso", RUN_ID)).toEqual({ outcome: "absent" });
  });
});

describe("a card in the ledger", () => {
  it("comes back as it was, and is changed only under its ETag", async () => {
    const { deps } = readingDeps();
    const first = await writeCard(deps, cardOf(), null);
    if (first.outcome !== "written") throw new Error("expected the first write to win");
    expect(await readCard(deps, "contoso")).toMatchObject({ outcome: "card", card: cardOf(), etag: first.etag });
    expect(await writeCard(deps, cardOf(), null)).toEqual({ outcome: "lost" });
    await writeCard(deps, cardOf({ failuresInARow: 1 }), first.etag);
    expect(await writeCard(deps, cardOf({ failuresInARow: 2 }), first.etag)).toEqual({ outcome: "lost" });
    expect(await readCard(deps, "contoso")).toMatchObject({ card: { failuresInARow: 1 } });
  });

  it("is listed with all others, however many pages they are", async () => {
    const { deps, ledger } = readingDeps();
    const names = Array.from({ length: 1_203 }, (_, n) => `hsm-${String(n).padStart(4, "0")}`);
    for (const name of names) ledger.put(cardName(name), "{}");
    ledger.put("runs/contoso/x.json", "{}");
    expect(await listCards(deps)).toEqual(names);
  });
});

describe("a ledger whose container is missing", () => {
  it("is never an empty one: everything says so", async () => {
    const { deps, ledger } = readingDeps();
    ledger.deleteContainer();
    const calls = [
      readCard(deps, "contoso"),
      readRecord(deps, "contoso", RUN_ID),
      listCards(deps),
      writeCard(deps, cardOf(), null),
      writeRecord(deps, startingRun(), null),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      if (outcome.status === "fulfilled") throw new Error("expected it to fail");
      expect(outcome.reason).toBeInstanceOf(CallFailed);
      expect(outcome.reason).toMatchObject({ failure: { reason: "ledgerMissing" } });
    }
  });
});

describe("bytes that couldn't be read", () => {
  it("are kept as they were, under damaged/", async () => {
    const { deps, ledger } = readingDeps();
    const bytes = new Uint8Array([0xff, 0xfe, 0x00]);
    const name = await keepDamaged(deps, cardName("contoso"), bytes);
    expect(name).toMatch(/^damaged\/.*contoso\.json$/);
    expect(ledger.blobs.get(name)?.body).toEqual(bytes);
  });
});

describe("a blob among the records", () => {
  const name = recordName("contoso", RUN_ID);

  it.each([
    ["of another name", "runs/contoso/readme.txt"],
    ["without its reverse time", `runs/contoso/${RUN_ID}.json`],
    ["of an id that isn't one", "runs/contoso/8204589999999-latest.json"],
    ["with another ending", `${name}.bak`],
  ])("%s is no run", (_what, other) => {
    expect(listedRun("contoso", { name: other, metadata: { state: "Succeeded" } })).toBeUndefined();
  });

  it("without its metadata is listed, with what isn't known", () => {
    const listed = listedRun("contoso", { name, metadata: {} });
    expect(listed).toMatchObject({ id: RUN_ID, hsm: "contoso", slot: null, endedAt: null, bytes: null });
    expect(listed?.state).not.toBe("Succeeded");
  });

  it.each(["-1", "1e3", "NaN", "", "12345678901234567890"])("doesn't show %j as a number of bytes", (bytes) => {
    expect(listedRun("contoso", { name, metadata: { state: "Succeeded", bytes } })?.bytes).toBeNull();
  });
});
