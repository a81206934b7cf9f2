import { describe, expect, it } from "vitest";
import { keepRecord, listRecords, readRecord, recordName, recordsOf } from "../../../backup/ledger/records.ts";
import { makeRunId } from "../../../backup/model/names.ts";
import { LARGEST_BLOB } from "../../../backup/ports.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import { ENDED, RUN_ID, recordOf, SLOT, STARTED } from "../samples.ts";

const NAME = recordName("contoso", RUN_ID);
const OTHER_ID = "20261123T020000Z-m-00000000";

describe("the name of a record", () => {
  it("is runs/{hsm}/{reverse time}-{id}.json, found from its id alone", () => {
    expect(NAME).toMatch(new RegExp(`^runs/contoso/\\d{13}-${RUN_ID}\\.json$`));
    expect(recordName("contoso2", RUN_ID).startsWith(recordsOf("contoso"))).toBe(false);
  });

  it("lists the newest run first, and a later try before an earlier one", () => {
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

describe("a record", () => {
  it("is read back as it was written", async () => {
    const { ports } = ledgerPorts();
    expect(await keepRecord(ports, recordOf())).toEqual(recordOf());
    expect(await readRecord(ports, "contoso", RUN_ID)).toEqual({ outcome: "record", record: recordOf() });
    expect(await readRecord(ports, "contoso", OTHER_ID)).toEqual({ outcome: "absent" });
  });

  it("that already exists is the end that counts", async () => {
    const { ports } = ledgerPorts();
    await keepRecord(ports, recordOf());
    const later = recordOf({ state: "TimedOut", blobCount: null, bytes: null });
    expect(await keepRecord(ports, later)).toEqual(recordOf());
    expect(await readRecord(ports, "contoso", RUN_ID)).toMatchObject({ record: { state: "Succeeded" } });
  });

  it("that already exists and can't be read is left as it is, and the run ends as it ended", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.put(NAME, "{ damaged");
    expect(await keepRecord(ports, recordOf())).toEqual(recordOf());
    expect(ledger.textOf(NAME)).toBe("{ damaged");
  });

  it.each([
    ["of another run", JSON.stringify(recordOf({ id: OTHER_ID })), "id, hsm: expected those of the blob's name"],
    ["of another HSM", JSON.stringify(recordOf({ hsm: "fabrikam" })), "id, hsm: expected those of the blob's name"],
    ["of a run that goes on", JSON.stringify({ ...recordOf(), state: "InProgress" }), "state: expected one of"],
    ["of a newer version", JSON.stringify({ ...recordOf(), schemaVersion: 2 }), "schemaVersion: expected at most 1"],
    ["cut off", JSON.stringify(recordOf()).slice(0, 100), "record: expected an object, got nothing"],
    ["empty", "", "record: expected an object"],
  ])("that is %s can't be read", async (_what, json, problem) => {
    const { ports, ledger } = ledgerPorts();
    ledger.put(NAME, json);
    expect(await readRecord(ports, "contoso", RUN_ID)).toMatchObject({
      outcome: "unreadable",
      problem: expect.stringContaining(problem),
    });
  });
});

describe("a record over 256 KB", () => {
  it("is unreadable, and keeps no run from its end", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.put(NAME, new Uint8Array(LARGEST_BLOB + 1));
    expect(await readRecord(ports, "contoso", RUN_ID)).toMatchObject({ outcome: "unreadable" });
    expect(await keepRecord(ports, recordOf())).toEqual(recordOf());
  });

  it("is not taken for one that can't be read now: that is thrown", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.deleteContainer();
    await expect(readRecord(ports, "contoso", RUN_ID)).rejects.toThrow("ContainerNotFound");
  });
});

describe("a list of records", () => {
  const page = async (ledger: ReturnType<typeof ledgerPorts>) =>
    (await listRecords(ledger.ports, "contoso", undefined, 10)).runs;

  it("shows from one call what is known of each run", async () => {
    const world = ledgerPorts();
    await keepRecord(world.ports, recordOf());
    expect(await page(world)).toEqual([
      {
        id: RUN_ID,
        hsm: "contoso",
        state: "Succeeded",
        trigger: "schedule",
        slot: SLOT,
        startedAt: STARTED,
        endedAt: ENDED,
        blobCount: 12,
        bytes: 3_400_000,
      },
    ]);
  });

  it.each(["runs/contoso/readme.txt", "runs/contoso/8204589999999-latest.json", `${NAME}.bak`])(
    "leaves out what this app didn't name: %s",
    async (name) => {
      const world = ledgerPorts();
      world.ledger.put(name, "{}", { state: "Succeeded" });
      expect(await page(world)).toEqual([]);
    },
  );

  it.each(["-1", "1e3", "NaN", "", "12345678901234567890"])(
    "shows metadata %j as no number of bytes, and no state as unreadable",
    async (bytes) => {
      const world = ledgerPorts();
      world.ledger.put(NAME, "{}", { bytes });
      expect(await page(world)).toMatchObject([
        { id: RUN_ID, state: "Unreadable", trigger: "unknown", slot: null, bytes: null },
      ]);
    },
  );
});
