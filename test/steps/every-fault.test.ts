import { describe, expect, test } from "vitest";
import { HOUR } from "../../backup/model/instant.ts";
import type { Ports } from "../../backup/ports.ts";
import { FAULTS, type Fault, VERBS, type Verb, withFault } from "./faults.ts";
import { makeProductWorld, type ProductWorld, SLOT, startByHand } from "./product-world.ts";

/** From before the slot to after the end of its run, where nothing fails; a fault after it strikes nothing of the run. */
const MOST_CALLS = 60;

/** Every run has ended, is recorded, logged and released; nothing is left open. */
async function expectAllEnded(world: ProductWorld, where: string): Promise<void> {
  const records = await world.historyOf("contoso");
  const { active, runs } = await world.stateOf("contoso");
  expect(active, where).toBeNull();
  expect(runs.map(({ id }) => id).toSorted(), where).toEqual(records.map(({ id }) => id).toSorted());
  const logged = world.eventsOf("backup.succeeded", "backup.failed", "backup.timedOut").map(({ run }) => run);
  expect(
    records.filter(({ id }) => !logged.includes(id)),
    where,
  ).toEqual([]);
  expect(world.queue.all(), where).toEqual([]);
}

async function runWith(fault: Fault, at: number) {
  const world = makeProductWorld();
  let mostMessages = 0;
  const sendMessage: Ports["sendMessage"] = async (...args) => {
    await world.ports.sendMessage(...args);
    mostMessages = Math.max(mostMessages, world.queue.all().length);
  };
  const faulty = withFault({ ...world.ports, sendMessage }, at, fault);
  await world.passTime(HOUR, faulty.of);
  return { world, struck: faulty.struck(), mostMessages };
}

describe.each(FAULTS)("a scheduled backup in which one call meets %s", (fault) => {
  test("ends with one verified backup of the slot within half an hour, whichever call it was", async () => {
    const struck = new Set<Verb>();
    for (let at = 1; at <= MOST_CALLS; at++) {
      const { world, struck: verb, mostMessages } = await runWith(fault, at);
      const where = `${fault} at call ${at}, ${verb}`;
      if (verb !== undefined) struck.add(verb);
      await expectAllEnded(world, where);
      const records = await world.historyOf("contoso");
      const ofSlot = records.filter(({ slot }) => slot === SLOT);
      expect(
        ofSlot.map(({ state }) => state),
        where,
      ).toEqual(["Succeeded"]);
      expect(Date.parse(ofSlot[0]?.endedAt ?? "") - Date.parse(SLOT), where).toBeLessThan(HOUR / 2);
      // The one that is worked on, its successor, and one that a crash left behind.
      expect(mostMessages, where).toBeLessThanOrEqual(3);
      // Where it isn't known whether the POST took effect, it is made again: a second backup is harmless.
      const jobs = world.hsm.at("contoso").jobs().length;
      const isStartUnknown = verb === "startFullBackup" || verb === "writeBlob";
      expect(jobs, where).toBeLessThanOrEqual(isStartUnknown ? 2 : 1);
    }
    expect([...struck].toSorted()).toEqual(VERBS.toSorted());
  });
});

describe.each(FAULTS)("a manual backup in which one call meets %s", (fault) => {
  test("ends with its verified backup where it was accepted, and leaves no trace where it was not", async () => {
    for (let at = 1; at <= MOST_CALLS; at++) {
      const world = makeProductWorld({ begin: "2026-11-23T09:01:00Z" });
      // The newest slot has its backup already.
      await world.passTime(HOUR);
      const faulty = withFault(world.ports, at, fault);
      const outcome = await startByHand(faulty.of()).catch(() => "unknown");
      await world.passTime(HOUR, faulty.of);
      const where = `${fault} at call ${at}, ${faulty.struck()}`;
      await expectAllEnded(world, where);
      const manual = (await world.historyOf("contoso")).filter(({ trigger }) => trigger === "manual");
      const expected = outcome === "reserved" ? ["Succeeded"] : manual.map(() => "Succeeded");
      expect(
        manual.map(({ state }) => state),
        where,
      ).toEqual(expected);
      expect(manual.length, where).toBeLessThanOrEqual(1);
    }
  });
});

describe("a backup in which nothing fails", () => {
  test("is one job, and has at most one message at a time", async () => {
    const world = makeProductWorld();
    let most = 0;
    const sendMessage: typeof world.ports.sendMessage = async (...args) => {
      await world.ports.sendMessage(...args);
      most = Math.max(most, world.queue.all().filter(({ dequeueCount }) => dequeueCount === 0).length);
    };
    await world.passTime(HOUR, () => ({ ...world.ports, sendMessage }));
    await expectAllEnded(world, "without faults");
    expect([most, world.hsm.at("contoso").jobs().length]).toEqual([1, 1]);
  });
});
