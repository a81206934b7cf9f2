import { describe, expect, it } from "vitest";
import { stateName, writeState } from "../../../backup/ledger/ledger.ts";
import { openState } from "../../../backup/ledger/rebuild.ts";
import { keepRecord, recordName } from "../../../backup/ledger/records.ts";
import { after, DAY } from "../../../backup/model/instant.ts";
import { makeRunId } from "../../../backup/model/names.ts";
import type { EndedRecord } from "../../../backup/model/run.ts";
import type { Ports } from "../../../backup/ports.ts";
import { failureOfCall } from "../../contract/failed-call.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import { failedRun, inProgressRun, recordOf, SLOT, stateOf } from "../samples.ts";

const NAME = stateName("contoso");
const { error } = failedRun();

/** A record of the slot so many days ago. */
function recordDaysAgo(days: number, state: EndedRecord["state"] = "Failed"): EndedRecord {
  const slot = after(SLOT, -days * DAY);
  const found = state === "Succeeded" ? {} : { blobCount: null, bytes: null, error };
  return recordOf({ id: makeRunId(slot, 1, "aaaaaaaa"), slot, startedAt: slot, endedAt: slot, state, ...found });
}

describe("a state that is there", () => {
  it("is opened as it is, and nothing is repaired", async () => {
    const { ports, logged } = ledgerPorts();
    await writeState(ports, stateOf({ active: inProgressRun() }), null);
    expect((await openState(ports, "contoso")).state).toEqual(stateOf({ active: inProgressRun() }));
    expect(logged).toEqual([]);
  });
});

describe("a state that is gone", () => {
  it("of an HSM without records is that of a new HSM, first seen now", async () => {
    const { ports, ledger, logged } = ledgerPorts();
    expect((await openState(ports, "contoso")).state).toEqual(stateOf({ firstSeenAt: SLOT }));
    expect(JSON.parse(ledger.textOf(NAME) ?? "")).toEqual(stateOf({ firstSeenAt: SLOT }));
    expect(logged).toEqual([]);
  });

  it("is rebuilt from the records, with no active run", async () => {
    const { ports, logged } = ledgerPorts();
    const records = [recordDaysAgo(1), recordDaysAgo(2, "Succeeded"), recordDaysAgo(3)];
    for (const record of records) await keepRecord(ports, record);
    const { state } = await openState(ports, "contoso");
    expect(state).toMatchObject({
      active: null,
      firstSeenAt: after(SLOT, -3 * DAY),
      newestSuccess: { id: records[1]?.id },
    });
    expect(state.runs.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
    expect(logged).toMatchObject([{ event: "ledger.repaired", blob: NAME, problem: "it was gone", keptAs: null }]);
  });

  it("is rebuilt from 30 records, and from as many more as it takes to find a success", async () => {
    const { ports } = ledgerPorts();
    for (let days = 1; days <= 70; days++)
      await keepRecord(ports, recordDaysAgo(days, days === 65 ? "Succeeded" : "Failed"));
    const { state } = await openState(ports, "contoso");
    expect(state.runs).toHaveLength(30);
    expect(state.newestSuccess?.slot).toBe(after(SLOT, -65 * DAY));
  });

  it("is rebuilt without the records that can't be read", async () => {
    const { ports, ledger } = ledgerPorts();
    await keepRecord(ports, recordDaysAgo(2, "Succeeded"));
    ledger.put(recordName("contoso", recordDaysAgo(1).id), "{ damaged");
    expect((await openState(ports, "contoso")).state.runs).toHaveLength(1);
  });
});

describe("a state that is damaged", () => {
  it("is kept under its hash, byte for byte, and rebuilt", async () => {
    const { ports, ledger, logged } = ledgerPorts();
    const bytes = new Uint8Array([0xff, 0x00, 0x7b]);
    ledger.put(NAME, bytes);
    await keepRecord(ports, recordDaysAgo(1, "Succeeded"));
    const { state } = await openState(ports, "contoso");
    expect(state.newestSuccess?.slot).toBe(after(SLOT, -DAY));
    const keptAs = [...ledger.blobs.keys()].find((name) => name.startsWith("damaged/"));
    expect(keptAs).toMatch(/^damaged\/[0-9a-f]{16}-hsms\/contoso\.json$/);
    expect(ledger.blobs.get(keptAs ?? "")?.body).toEqual(bytes);
    expect(logged).toMatchObject([{ event: "ledger.repaired", keptAs }]);
  });

  it("for the second time in the same way is kept once", async () => {
    const { ports, ledger } = ledgerPorts();
    for (let times = 0; times < 2; times++) {
      ledger.put(NAME, "{ damaged");
      await openState(ports, "contoso");
    }
    expect([...ledger.blobs.keys()].filter((name) => name.startsWith("damaged/"))).toHaveLength(1);
  });

  it("is replaced only after its bytes were kept", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.put(NAME, "{ damaged");
    const writeBlob: Ports["writeBlob"] = (blob) => {
      if (blob.name.startsWith("damaged/")) throw new Error("no room");
      return ports.writeBlob(blob);
    };
    await expect(openState({ ...ports, writeBlob }, "contoso")).rejects.toThrow("no room");
    expect(ledger.textOf(NAME)).toBe("{ damaged");
  });
});

describe("a state that is neither damaged nor gone", () => {
  it("but of a newer version is left alone, with the remedy", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.put(NAME, '{"schemaVersion":2}');
    const etag = ledger.blobs.get(NAME)?.etag;
    expect(await failureOfCall(openState(ports, "contoso"))).toMatchObject({
      code: "newerVersion",
      remedy: expect.stringContaining("deploy that version again"),
    });
    expect(ledger.blobs.get(NAME)?.etag).toBe(etag);
  });

  it("but can't be read now changes nothing", async () => {
    const { ports, ledger } = ledgerPorts();
    ledger.put(NAME, new Uint8Array(300_000));
    expect(await failureOfCall(openState(ports, "contoso"))).toMatchObject({ code: "blobTooLarge" });
    expect(ledger.blobs.get(NAME)?.body.byteLength).toBe(300_000);
    ledger.deleteContainer();
    expect(await failureOfCall(openState(ports, "contoso"))).toMatchObject({ reason: "ledgerMissing" });
  });
});

describe("processes that rebuild at once", () => {
  it("agree on one state", async () => {
    const { ports } = ledgerPorts();
    await keepRecord(ports, recordDaysAgo(1, "Succeeded"));
    const opened = await Promise.all([1, 2, 3, 4].map(() => openState(ports, "contoso")));
    expect(new Set(opened.map(({ etag }) => etag)).size).toBe(1);
  });

  it("give up after ten lost races, with what to check", async () => {
    const { ports } = ledgerPorts();
    const writeBlob: Ports["writeBlob"] = async () => ({ outcome: "lost" });
    expect(await failureOfCall(openState({ ...ports, writeBlob }, "contoso"))).toMatchObject({ code: "tooManyRaces" });
  });
});
