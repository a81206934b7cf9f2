import { describe, expect, test } from "vitest";
import { stateName } from "../../backup/ledger/ledger.ts";
import { recordName } from "../../backup/ledger/records.ts";
import { DAY, HOUR, MINUTE } from "../../backup/model/instant.ts";
import { LARGEST_BLOB, type Ports } from "../../backup/ports.ts";
import { unreachable } from "./faults.ts";
import { makeProductWorld, SLOT, startByHand } from "./product-world.ts";

/** Minutes after the start of the world at which the job of the slot runs. */
const RUNNING = 2 * MINUTE;
const NAME = stateName("contoso");

describe("the product, when its ledger is lost, damaged, too large or slow", () => {
  test("a state that is deleted in the middle of a run is rebuilt, and the slot is backed up again", async () => {
    const world = makeProductWorld();
    await world.passTime(RUNNING);
    world.blobs.deleteBlob(NAME);
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded", slot: SLOT }]);
    expect(await world.stateOf("contoso")).toMatchObject({ active: null, newestSuccess: { slot: SLOT } });
  });

  test("all states deleted after a restore of the ledger: they are rebuilt from the records, and nothing is backed up twice", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    await world.passTime(DAY + HOUR);
    const before = await world.stateOf("contoso");
    for (const hsm of ["contoso", "fabrikam"]) world.blobs.deleteBlob(stateName(hsm));
    await world.passTime(HOUR);
    expect(world.eventsOf("ledger.repaired").map(({ blob }) => blob)).toEqual([NAME, stateName("fabrikam")]);
    const after = await world.stateOf("contoso");
    expect(after.runs.map(({ id }) => id)).toEqual(before.runs.map(({ id }) => id));
    expect(after.newestSuccess).toEqual(before.newestSuccess);
    expect(await world.historyOf("contoso")).toHaveLength(2);
  });

  test("a damaged state is kept and rebuilt, and the slot is backed up", async () => {
    const world = makeProductWorld();
    await world.passTime(RUNNING);
    world.blobs.put(NAME, "{ damaged");
    await world.passTime(HOUR);
    expect(world.eventsOf("ledger.repaired")).toHaveLength(1);
    expect([...world.blobs.blobs.keys()].filter((name) => name.startsWith("damaged/"))).toHaveLength(1);
    expect((await world.stateOf("contoso")).newestSuccess?.slot).toBe(SLOT);
  });

  test("an older state restored by hand: its run ends as its record says, and no slot is backed up a second time", async () => {
    const world = makeProductWorld();
    await world.passTime(RUNNING);
    const older = world.blobs.textOf(NAME) ?? "";
    await world.passTime(HOUR);
    world.blobs.put(NAME, older);
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded", slot: SLOT }]);
    expect(await world.stateOf("contoso")).toMatchObject({ active: null, newestSuccess: { slot: SLOT } });
    expect(world.hsm.at("contoso").jobs()).toHaveLength(1);
  });

  test("a state of a newer version is left alone, and its HSM is reported as overdue until that version is back", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    await world.passTime(HOUR);
    const newer = (world.blobs.textOf(NAME) ?? "").replace('"schemaVersion":1', '"schemaVersion":2');
    world.blobs.put(NAME, newer);
    world.events.length = 0;
    await world.passTime(DAY);
    expect(world.blobs.textOf(NAME)).toBe(newer);
    const checks = world.eventsOf("backup.checked").filter(({ hsm }) => hsm === "contoso");
    expect(new Set(checks.map(({ isOverdue }) => isOverdue))).toEqual(new Set([true]));
    expect(await world.historyOf("fabrikam")).toHaveLength(2);
  });

  test("a state over 256 KB is refused and reported, holds up no other HSM, and is rebuilt once it is moved away", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    world.blobs.put(NAME, new Uint8Array(LARGEST_BLOB + 1));
    await world.passTime(HOUR);
    expect(await world.historyOf("fabrikam")).toMatchObject([{ state: "Succeeded" }]);
    const checks = world.eventsOf("backup.checked").filter(({ hsm }) => hsm === "contoso");
    expect(checks.at(-1)).toMatchObject({ isOverdue: true, problem: expect.stringContaining("blobTooLarge") });
    world.blobs.deleteBlob(NAME);
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded" }]);
  });

  test("a record over 256 KB stays where it is, and keeps no state from being rebuilt", async () => {
    const world = makeProductWorld();
    await world.passTime(HOUR);
    const [record] = await world.historyOf("contoso");
    world.blobs.put(recordName("contoso", record?.id ?? ""), new Uint8Array(LARGEST_BLOB + 1));
    world.blobs.deleteBlob(NAME);
    await world.passTime(HOUR);
    expect(await world.stateOf("contoso")).toMatchObject({ active: null, newestSuccess: { slot: SLOT } });
  });

  test("a ledger that can be read but not written: messages stay few, and the run ends when it is back", async () => {
    const world = makeProductWorld({ jobTime: 20 * MINUTE });
    await world.passTime(RUNNING);
    const readOnly: Ports = { ...world.ports, writeBlob: unreachable };
    await world.passTime(5 * HOUR, () => readOnly);
    expect(world.queue.all().length).toBeLessThanOrEqual(4);
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded" }]);
    expect((await world.stateOf("contoso")).active).toBeNull();
  });

  test("one HSM whose state can't be reached touches no other", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    const readBlob: Ports["readBlob"] = (name) => (name === NAME ? unreachable() : world.ports.readBlob(name));
    await world.passTime(HOUR, () => ({ ...world.ports, readBlob }));
    expect(await world.historyOf("fabrikam")).toMatchObject([{ state: "Succeeded" }]);
    const checks = world.eventsOf("backup.checked").filter(({ hsm }) => hsm === "contoso");
    expect(checks.at(-1)).toMatchObject({ isOverdue: true, problem: expect.stringContaining("ECONNRESET") });
  });

  test("a missing container is never created: every tick says so, and backups continue when it is back", async () => {
    const world = makeProductWorld();
    world.blobs.deleteContainer();
    await world.passTime(10 * MINUTE);
    expect(world.eventsOf("step.failed")[0]).toMatchObject({ reason: "ledgerMissing" });
    expect(world.eventsOf("backup.checked").at(-1)).toMatchObject({
      isOverdue: true,
      problem: expect.stringContaining("ContainerNotFound"),
    });
    await expect(startByHand(world.ports)).rejects.toThrow("ContainerNotFound");
    world.blobs.createContainer();
    await world.passTime(HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded" }]);
  });
});
