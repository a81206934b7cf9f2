import { describe, expect, it } from "vitest";
import { readState, type StoredState, writeState } from "../../../backup/ledger/ledger.ts";
import { keepRecord, readRecord } from "../../../backup/ledger/records.ts";
import type { EndedRun } from "../../../backup/model/run.ts";
import type { Ports } from "../../../backup/ports.ts";
import { publish } from "../../../backup/steps/publish.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import { CONTAINER, failedRun, inProgressRun, RUN_ID, recordOf, stateOf, succeededRun } from "../samples.ts";
import { settingsOf } from "../some-settings.ts";

/** A ledger with a run that has ended, and the manifests that were written. */
async function ended(active: EndedRun, changes: Partial<Ports> = {}) {
  const manifests: string[] = [];
  const writeManifest: Ports["writeManifest"] = async (container, name) => void manifests.push(`${container}/${name}`);
  const world = ledgerPorts({ writeManifest, ...changes });
  const state = stateOf({ active });
  const written = await writeState(world.ports, state, null);
  if (written.outcome !== "written") throw new Error("The first write was lost.");
  const stored: StoredState = { state, etag: written.etag };
  return { ...world, stored, manifests };
}

describe("an end that is published", () => {
  it("is recorded, logged, written beside the backup, and released", async () => {
    const { ports, stored, logged, manifests } = await ended(succeededRun({ key: "hash" }));
    await publish(ports, stored);
    expect(await readRecord(ports, "contoso", RUN_ID)).toEqual({ outcome: "record", record: recordOf() });
    expect(logged).toMatchObject([{ event: "backup.succeeded", run: RUN_ID }]);
    expect(manifests).toEqual([`${CONTAINER}/${RUN_ID}.backup.json`]);
    expect(await readState(ports, "contoso")).toMatchObject({
      state: { active: null, newestSuccess: { id: RUN_ID }, runs: [{ id: RUN_ID, key: "hash" }] },
    });
  });

  it("any number of times, one after the other or at once, is one record and one summary", async () => {
    const { ports, stored } = await ended(succeededRun());
    await Promise.all([publish(ports, stored), publish(ports, stored), publish(ports, stored)]);
    await publish(ports, stored);
    expect((await ports.listBlobs("runs/", undefined, 10)).blobs).toHaveLength(1);
    expect(await readState(ports, "contoso")).toMatchObject({ state: { active: null, runs: [{ id: RUN_ID }] } });
  });

  it("after another end was recorded is that end: it counts, in the log and in the state too", async () => {
    const { ports, stored, logged } = await ended(failedRun({ state: "TimedOut" }));
    await keepRecord(ports, recordOf());
    await publish(ports, stored);
    expect(logged).toMatchObject([{ event: "backup.succeeded" }]);
    expect(await readState(ports, "contoso")).toMatchObject({
      state: { newestSuccess: { id: RUN_ID, blobCount: 12 } },
    });
  });

  it("under an ETag that is old releases nothing", async () => {
    const { ports, stored } = await ended(succeededRun());
    await writeState(ports, stateOf({ active: inProgressRun() }), stored.etag);
    await publish(ports, stored);
    expect(await readState(ports, "contoso")).toMatchObject({ state: { active: { state: "InProgress" } } });
  });

  it("does nothing for a run that goes on", async () => {
    const { ports, stored, logged } = await ended(succeededRun());
    await publish(ports, { ...stored, state: stateOf({ active: inProgressRun() }) });
    await publish(ports, { ...stored, state: stateOf() });
    expect(logged).toEqual([]);
  });
});

describe("a manifest", () => {
  it("that can't be written is logged, and holds nothing up", async () => {
    const { ports, stored, logged } = await ended(succeededRun(), {
      writeManifest: () => Promise.reject(new Error("immutable")),
    });
    await publish(ports, stored);
    expect(logged.map(({ event }) => event)).toEqual(["backup.succeeded", "step.failed"]);
    expect(await readState(ports, "contoso")).toMatchObject({ state: { active: null } });
  });

  it.each<[string, EndedRun, Partial<Ports>]>([
    ["of a run without an attempt: its container was never created", failedRun({ attempts: [], jobId: null }), {}],
    [
      "in an account that the settings no longer name",
      succeededRun(),
      { settings: settingsOf({ storageUrl: "https://other.blob.core.windows.net" }) },
    ],
  ])("is not written %s", async (_what, run, changes) => {
    const { ports, stored, manifests } = await ended(run, changes);
    await publish(ports, stored);
    expect(manifests).toEqual([]);
    expect(await readState(ports, "contoso")).toMatchObject({ state: { active: null } });
  });
});
