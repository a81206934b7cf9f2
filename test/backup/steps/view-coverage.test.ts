import { describe, expect, it } from "vitest";
import { stateName, writeState } from "../../../backup/ledger/ledger.ts";
import { keepRecord, recordName } from "../../../backup/ledger/records.ts";
import { after, DAY, HOUR, MINUTE } from "../../../backup/model/instant.ts";
import { makeRunId } from "../../../backup/model/names.ts";
import type { Ports } from "../../../backup/ports.ts";
import { viewCoverage } from "../../../backup/steps/view-coverage.ts";
import { every } from "../../fakes/fake-schedule.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import { inProgressRun, RUN_ID, recordOf, SLOT, stateOf, succeededRun } from "../samples.ts";
import { settingsOf } from "../some-settings.ts";

const WEEK = { days: 7, before: null };

/** Contoso's state, and a successful record of each of the days before the slot. */
async function worldWith(days: number, state = stateOf()) {
  const world = ledgerPorts({ now: () => new Date(after(SLOT, HOUR)) });
  await writeState(world.ports, state, null);
  for (let day = 1; day <= days; day++) {
    const slot = after(SLOT, -day * DAY);
    const id = makeRunId(slot, 1, "aaaaaaaa");
    const record = recordOf({ id, slot, startedAt: slot, endedAt: after(slot, 4 * MINUTE) });
    await keepRecord(world.ports, record);
  }
  return world;
}
/** The ports with each call of the ledger noted. */
function counting(ports: Ports): { readonly ports: Ports; readonly calls: string[] } {
  const calls: string[] = [];
  const noted = {
    readBlob: (name: string) => {
      calls.push(name);
      return ports.readBlob(name);
    },
    listBlobs: (prefix: string, marker: string | undefined, limit: number) => {
      calls.push(prefix);
      return ports.listBlobs(prefix, marker, limit);
    },
  };
  return { ports: { ...ports, ...noted }, calls };
}

describe("the coverage of an HSM", () => {
  it("has each slot of the last days with its run, and the slot whose run is active", async () => {
    const { ports } = await worldWith(5, stateOf({ active: inProgressRun() }));
    const covered = { state: "covered", failures: 0, isRunning: false, seconds: 240, bytes: 3_400_000 };
    const found = await viewCoverage(ports, "contoso", WEEK);
    expect(found).toMatchObject({ hsm: "contoso", schedule: "0 0 2 * * *", days: 7, cursor: null });
    expect(found?.slots).toMatchObject([
      { slot: SLOT, state: "notDue", run: RUN_ID, isRunning: true },
      ...Array.from({ length: 5 }, (_, n) => ({ slot: after(SLOT, -(n + 1) * DAY), ...covered })),
      { slot: after(SLOT, -6 * DAY), state: "missed", run: null },
    ]);
  });

  it("counts a run once that has ended and isn't released yet", async () => {
    const { ports } = await worldWith(0, stateOf({ active: succeededRun() }));
    const covered = { slot: SLOT, state: "covered", run: RUN_ID, failures: 0, isRunning: false };
    expect((await viewCoverage(ports, "contoso", WEEK))?.slots[0]).toMatchObject(covered);
    await keepRecord(ports, recordOf({ state: "Failed", blobCount: null, bytes: null }));
    expect((await viewCoverage(ports, "contoso", WEEK))?.slots[0]).toMatchObject(covered);
  });

  it.each([
    ["damaged", (world: Awaited<ReturnType<typeof worldWith>>) => world.ledger.put(stateName("contoso"), "{")],
    ["gone", (world: Awaited<ReturnType<typeof worldWith>>) => world.ledger.deleteBlob(stateName("contoso"))],
  ])("is read from the records where the state is %s", async (_what, damage) => {
    const world = await worldWith(2);
    damage(world);
    const slots = (await viewCoverage(world.ports, "contoso", WEEK))?.slots.map(({ state }) => state);
    expect(slots).toEqual(["notDue", "covered", "covered", "notDue", "notDue", "notDue", "notDue"]);
  });

  it("is unknown without setting, state and record, and known with any of them", async () => {
    const { ports } = await worldWith(0);
    for (const name of ["adatum", "../contoso", "Contoso"])
      expect(await viewCoverage(ports, name, WEEK)).toBeUndefined();
    expect(await viewCoverage(ports, "fabrikam", WEEK)).toMatchObject({ hsm: "fabrikam" });
    await writeState(ports, { ...stateOf(), hsm: "adatum" }, null);
    expect(await viewCoverage(ports, "adatum", WEEK)).toMatchObject({ hsm: "adatum" });
  });
});

describe("a page of slots", () => {
  const everyHour = settingsOf({ schedule: every(HOUR) });

  it("holds a thousand, and its cursor continues with older ones until the days are over", async () => {
    const world = await worldWith(3);
    const ports = { ...world.ports, settings: everyHour };
    const slots: string[] = [];
    const sizes: number[] = [];
    let before: Date | null = null;
    do {
      const page = await viewCoverage(ports, "contoso", { days: 90, before });
      sizes.push(page?.slots.length ?? 0);
      slots.push(...(page?.slots ?? []).map(({ slot }) => slot));
      const cursor: string | null = page?.cursor ?? null;
      before = cursor === null ? null : new Date(cursor);
    } while (before !== null);
    expect(sizes).toEqual([1_000, 1_000, 90 * 24 + 1 - 2_000]);
    expect(slots).toEqual(Array.from({ length: 90 * 24 + 1 }, (_, n) => after(SLOT, (1 - n) * HOUR)));
  });

  it("costs one state and three pages of the listing, where there are 10,000 records", async () => {
    const world = await worldWith(0);
    for (let n = 0; n < 10_000; n++) {
      const startedat = after(SLOT, -n * HOUR);
      const name = recordName("contoso", makeRunId(startedat, 1, "aaaaaaaa"));
      world.ledger.put(name, "", { state: "Succeeded", trigger: "schedule", startedat, endedat: startedat });
    }
    const { ports, calls } = counting({ ...world.ports, settings: everyHour });
    const page = await viewCoverage(ports, "contoso", { days: 366, before: null });
    expect(page?.slots.filter(({ state }) => state === "covered")).toHaveLength(999);
    expect(calls).toEqual(["hsms/contoso.json", "runs/contoso/"]);
    calls.length = 0;
    const last = await viewCoverage(ports, "contoso", { days: 366, before: new Date(after(SLOT, -300 * DAY)) });
    expect(last?.slots.every(({ state }) => state === "covered")).toBe(true);
    expect(calls).toEqual(["hsms/contoso.json", "runs/contoso/", "runs/contoso/"]);
  });
});
