import { describe, expect, it } from "vitest";
import { stateName, writeState } from "../../../backup/ledger/ledger.ts";
import { keepRecord, recordName } from "../../../backup/ledger/records.ts";
import { after, DAY } from "../../../backup/model/instant.ts";
import { makeRunId } from "../../../backup/model/names.ts";
import type { HsmState } from "../../../backup/model/state.ts";
import type { Ports } from "../../../backup/ports.ts";
import { findRun, listLastRuns, listRunsOf } from "../../../backup/steps/find-runs.ts";
import { failureOfCall } from "../../contract/failed-call.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import {
  failedRun,
  inProgressRun,
  RUN_ID,
  recordOf,
  SLOT,
  startingRun,
  stateOf,
  success,
  summary,
} from "../samples.ts";

const idOf = (days: number) => makeRunId(after(SLOT, -days * DAY), 1, "aaaaaaaa");
const ALL = { state: undefined, limit: 10, marker: undefined };

/** A state, and a record of each of the days before: successes on even days. */
async function worldWith(state: Partial<HsmState>, days = 0) {
  const world = ledgerPorts();
  await writeState(world.ports, stateOf(state), null);
  for (let day = 1; day <= days; day++) {
    const startedAt = after(SLOT, -day * DAY);
    await keepRecord(
      world.ports,
      recordOf({ id: idOf(day), slot: startedAt, startedAt, state: day % 2 === 0 ? "Succeeded" : "Failed" }),
    );
  }
  return world;
}

describe("one run", () => {
  it("that is active is found in the state, with its true state", async () => {
    const { ports } = await worldWith({ active: inProgressRun() });
    expect(await findRun(ports, "contoso", RUN_ID)).toMatchObject({
      outcome: "found",
      record: { state: "InProgress", endedAt: null },
    });
  });

  it("that has ended is found in the history, also where its state is damaged or gone", async () => {
    const { ports, ledger } = await worldWith({}, 1);
    const found = { outcome: "found", record: { id: idOf(1), state: "Failed" } };
    expect(await findRun(ports, "contoso", idOf(1))).toMatchObject(found);
    ledger.put(stateName("contoso"), "{ damaged");
    expect(await findRun(ports, "contoso", idOf(1))).toMatchObject(found);
    ledger.deleteBlob(stateName("contoso"));
    expect(await findRun(ports, "contoso", idOf(1))).toMatchObject(found);
  });

  it.each([
    ["contoso", idOf(9)],
    ["fabrikam", idOf(1)],
    ["contoso", "latest"],
    ["../contoso", idOf(1)],
    ["contoso", `../fabrikam/${idOf(1)}`],
  ])("is absent under another name or id: %s, %s", async (hsm, id) => {
    const { ports } = await worldWith({}, 1);
    expect(await findRun(ports, hsm, id)).toEqual({ outcome: "absent" });
  });

  it("whose record can't be read says what is wrong with it", async () => {
    const { ports, ledger } = await worldWith({});
    ledger.put(recordName("contoso", RUN_ID), "{}");
    expect(await findRun(ports, "contoso", RUN_ID)).toMatchObject({
      outcome: "unreadable",
      problem: expect.stringContaining("expected"),
    });
  });
});

describe("the runs of one HSM", () => {
  it("are the newest first, the active one before all", async () => {
    const { ports } = await worldWith({ active: startingRun() }, 3);
    const page = await listRunsOf(ports, "contoso", ALL);
    expect(page?.runs.map(({ id, state }) => [id, state])).toEqual([
      [RUN_ID, "Starting"],
      [idOf(1), "Failed"],
      [idOf(2), "Succeeded"],
      [idOf(3), "Failed"],
    ]);
  });

  it("have one that is recorded and not yet released once", async () => {
    const world = await worldWith({ active: failedRun() });
    await keepRecord(world.ports, recordOf({ state: "Failed" }));
    expect((await listRunsOf(world.ports, "contoso", ALL))?.runs).toHaveLength(1);
  });

  it.each([
    ["InProgress", [RUN_ID]],
    ["Succeeded", [idOf(2)]],
    ["Canceled", []],
  ] as const)("in the state %s are those only", async (state, ids) => {
    const { ports } = await worldWith({ active: inProgressRun() }, 3);
    expect((await listRunsOf(ports, "contoso", { ...ALL, state }))?.runs.map(({ id }) => id)).toEqual(ids);
  });

  it("come page by page, with nothing twice, no page over the limit, and the active run on the first page only", async () => {
    const { ports } = await worldWith({ active: inProgressRun() }, 5);
    const ids: string[] = [];
    let marker: string | undefined;
    do {
      const page = await listRunsOf(ports, "contoso", { ...ALL, limit: 2, marker });
      expect(page?.runs.length).toBeLessThanOrEqual(2);
      ids.push(...(page?.runs ?? []).map(({ id }) => id));
      marker = page?.marker;
    } while (marker !== undefined);
    expect(ids).toEqual([RUN_ID, idOf(1), idOf(2), idOf(3), idOf(4), idOf(5)]);
  });

  it("are none of an HSM with a state or in the settings, and unknown of any other", async () => {
    const { ports } = await worldWith({});
    expect(await listRunsOf(ports, "contoso", ALL)).toEqual({ runs: [], marker: undefined });
    expect(await listRunsOf(ports, "fabrikam", ALL)).toEqual({ runs: [], marker: undefined });
    for (const name of ["adatum", "../contoso", ""]) expect(await listRunsOf(ports, name, ALL)).toBeUndefined();
  });
});

describe("the last runs of all HSMs", () => {
  it("are read from the states alone, the newest first, each in its true state", async () => {
    const { ports } = await worldWith({
      active: inProgressRun(),
      runs: [summary({ id: idOf(1), startedAt: after(SLOT, -DAY) })],
    });
    const other = success(after(SLOT, -DAY / 2), { id: idOf(2) });
    await writeState(ports, { ...stateOf({ runs: [other] }), hsm: "fabrikam" }, null);
    const { runs, unreadable } = await listLastRuns(ports, { state: undefined, limit: 10 });
    expect(runs.map(({ hsm, state }) => [hsm, state])).toEqual([
      ["contoso", "InProgress"],
      ["fabrikam", "Succeeded"],
      ["contoso", "Failed"],
    ]);
    expect(unreadable).toEqual([]);
    expect((await listLastRuns(ports, { state: "InProgress", limit: 10 })).runs).toHaveLength(1);
    expect((await listLastRuns(ports, { state: undefined, limit: 2 })).runs).toHaveLength(2);
  });

  it("name the HSM whose state can't be read, and have those of all others", async () => {
    const { ports, ledger } = await worldWith({ runs: [summary()] });
    ledger.put(stateName("fabrikam"), "{ damaged");
    ledger.put(stateName("adatum"), '{"schemaVersion":2}');
    ledger.put(stateName("woodgrove"), new Uint8Array(300_000));
    const { runs, unreadable } = await listLastRuns(ports, { state: undefined, limit: 10 });
    expect(runs.map(({ hsm }) => hsm)).toEqual(["contoso"]);
    expect(unreadable).toEqual(["adatum", "fabrikam", "woodgrove"]);
  });

  it("can't be listed without the ledger: that is thrown, never none", async () => {
    const { ports, ledger } = await worldWith({});
    ledger.deleteContainer();
    const wanted = { state: undefined, limit: 10 } satisfies Parameters<typeof listLastRuns>[1];
    const calls: readonly ((from: Ports) => Promise<unknown>)[] = [
      (from) => listLastRuns(from, wanted),
      (from) => listRunsOf(from, "contoso", ALL),
      (from) => findRun(from, "contoso", RUN_ID),
    ];
    for (const call of calls) expect(await failureOfCall(call(ports))).toMatchObject({ reason: "ledgerMissing" });
  });
});
