import { describe, expect, test } from "vitest";
import { HOUR } from "../../backup/instant.ts";
import { startRun } from "../../backup/start-run.ts";
import { FAULTS, withFault } from "./faults.ts";
import { MANUAL, makeProductWorld, type ProductWorld } from "./product-world.ts";

// Longer than any run of one HSM has calls; the loop ends with the first call number that no run reaches.
const MOST_CALLS = 200;

/** What must be true some hours after any single fault: the slot has its one verified backup, and nothing is left open. */
async function expectOneVerifiedBackup(world: ProductWorld, where: string): Promise<void> {
  const runs = world.runsOf("contoso");
  const card = await world.cardOf("contoso");
  expect(
    runs.map(({ state }) => state),
    where,
  ).toEqual(["Succeeded"]);
  expect(card.active, where).toBeNull();
  expect(
    card.runs.map(({ id }) => id),
    where,
  ).toEqual(runs.map(({ id }) => id));
  expect(card.newestSuccess?.id, where).toBe(runs[0]?.id);
  expect(world.eventsOf("backup.succeeded").length, where).toBeGreaterThan(0);
  expect(world.eventsOf("backup.missed"), where).toEqual([]);
  expect(world.queue.all(), where).toEqual([]);
}

describe.each(FAULTS)("a scheduled backup in which one call meets %s", (fault) => {
  test("ends with one verified backup of the slot, whichever call it was", async () => {
    const struck = new Set<string>();
    for (let at = 1; at <= MOST_CALLS; at++) {
      const world = makeProductWorld();
      const faulty = withFault(world.deps, at, fault);
      await world.passTime(2 * HOUR, faulty.of);
      const verb = faulty.struck();
      if (verb === undefined) throw new Error("Too few calls were made.");
      struck.add(verb);
      await expectOneVerifiedBackup(world, `${fault} at call ${at}, ${verb}`);
      // A later call belongs to the looks of an HSM that has its backup.
      if (world.eventsOf("backup.checked").findIndex(({ newestSuccess }) => newestSuccess !== null) !== -1 && at > 60)
        break;
    }
    expect([...struck].toSorted()).toEqual(
      expect.arrayContaining([
        "countBlobs",
        "getBackupStatus",
        "prepareTarget",
        "readBlob",
        "startFullBackup",
        "wakeLater",
        "writeBeside",
        "writeBlob",
      ]),
    );
  }, 60_000);
});

describe.each(FAULTS)("a backup started by hand in which one call meets %s", (fault) => {
  test("is never lost where it was accepted, and leaves nothing where it was not", async () => {
    for (let at = 1; at <= 60; at++) {
      const world = makeProductWorld({ begin: "2026-11-23T09:01:00Z" });
      const faulty = withFault(world.deps, at, fault);
      const accepted = await startRun(faulty.of(), "contoso", MANUAL).then(
        (taken) => taken.outcome === "taken",
        () => false,
      );
      await world.passTime(2 * HOUR, faulty.of);
      const runs = world.runsOf("contoso");
      const where = `${fault} at call ${at}, ${faulty.struck()}`;
      if (accepted || runs.length > 0) await expectOneVerifiedBackup(world, where);
      else expect((await world.cardOf("contoso")).active, where).toBeNull();
    }
  }, 60_000);
});
