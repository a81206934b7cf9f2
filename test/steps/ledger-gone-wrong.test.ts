import { describe, expect, test } from "vitest";
import { type Deps, LARGEST_BLOB } from "../../backup/deps.ts";
import { DAY, HOUR, MINUTE } from "../../backup/instant.ts";
import { cardName, recordName } from "../../backup/ledger.ts";
import { reconcile } from "../../backup/reconcile.ts";
import { startRun } from "../../backup/start-run.ts";
import { down } from "./faults.ts";
import { MANUAL, makeProductWorld } from "./product-world.ts";

describe("the product, when its ledger is lost, damaged, too large or slow", () => {
  test("an older card put back by hand: what was backed up since is neither backed up again nor called missed", async () => {
    const world = makeProductWorld();
    await world.passTime(4 * MINUTE);
    const older = world.blobs.textOf(cardName("contoso")) ?? "";
    await world.passTime(DAY + HOUR);
    world.blobs.put(cardName("contoso"), older);
    await world.passTime(HOUR);
    const runs = world.runsOf("contoso");
    expect(runs.map(({ state, slot }) => [state, slot])).toEqual([
      ["Succeeded", "2026-11-24T02:00:00.000Z"],
      ["Succeeded", "2026-11-23T02:00:00.000Z"],
    ]);
    expect(world.eventsOf("backup.missed")).toEqual([]);
    const { newestSuccess, runs: known, failuresInARow } = await world.cardOf("contoso");
    expect(newestSuccess?.id).toBe(runs[0]?.id);
    expect(known.map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
    expect(failuresInARow).toBe(0);
  });

  test("a damaged record is kept, its run has failed, and the slot is backed up by the next try", async () => {
    const world = makeProductWorld();
    await world.passTime(9 * MINUTE);
    const { active } = await world.cardOf("contoso");
    if (active === null) throw new Error("expected a run");
    world.blobs.put(recordName("contoso", active.id), "{ damaged");
    await world.passTime(2 * HOUR);
    expect(
      world
        .runsOf("contoso")
        .map(({ state }) => state)
        .toSorted(),
    ).toEqual(["Failed", "Succeeded"]);
    expect([...world.blobs.blobs.keys()].filter((name) => name.startsWith("damaged/"))).toHaveLength(1);
    expect(world.eventsOf("backup.failed")).toMatchObject([{ run: active.id, code: "recordUnreadable" }]);
  });

  test("a success that a newer version wrote before it was rolled back counts, also when its deadline is over", async () => {
    const world = makeProductWorld();
    await world.passTime(9 * MINUTE);
    const card = world.blobs.textOf(cardName("contoso")) ?? "";
    await world.passTime(HOUR);
    const [run] = world.runsOf("contoso");
    const name = recordName("contoso", run?.id ?? "");
    const newer = (world.blobs.textOf(name) ?? "").replace('"schemaVersion":1', '"schemaVersion":2');
    world.blobs.put(name, newer, world.blobs.blobs.get(name)?.metadata);
    // The newer one died before it gave the card back.
    world.blobs.put(cardName("contoso"), card);
    await world.passTime(7 * HOUR);
    expect(world.blobs.textOf(name)).toBe(newer);
    expect(await world.cardOf("contoso")).toMatchObject({ active: null, newestSuccess: { id: run?.id, blobCount: 2 } });
    expect(world.eventsOf("backup.failed")).toEqual([]);
  });

  test("a card that is deleted in the middle of a run is made again, and the run ends as if nothing had been", async () => {
    const world = makeProductWorld();
    await world.passTime(9 * MINUTE);
    world.blobs.deleteBlob(cardName("contoso"));
    await world.passTime(HOUR);
    expect(world.runsOf("contoso").map(({ state }) => state)).toEqual(["Succeeded"]);
    expect((await world.cardOf("contoso")).active).toBeNull();
  });

  test("a run that its card doesn't know of is followed to its end also where its messages are gone", async () => {
    const world = makeProductWorld({ begin: "2026-11-23T09:01:00Z", jobTime: 20 * MINUTE });
    await world.passTime(5 * MINUTE);
    const before = world.blobs.textOf(cardName("contoso")) ?? "";
    await startRun(world.deps, "contoso", MANUAL);
    await world.passTime(5 * MINUTE);
    // Somebody puts yesterday's card back, and purges the queue.
    world.blobs.put(cardName("contoso"), before);
    world.queue.deleteQueue();
    await world.passTime(HOUR);
    expect(world.runsOf("contoso").map(({ state }) => state)).toEqual(["Succeeded"]);
    expect((await world.cardOf("contoso")).newestSuccess?.id).toBe(world.runsOf("contoso")[0]?.id);
    expect(world.eventsOf("backup.succeeded")).toHaveLength(1);
  });

  test("a run whose card is lost before its record is made is told and remembered all the same", async () => {
    const world = makeProductWorld({ begin: "2026-11-23T09:01:00Z" });
    await world.passTime(5 * MINUTE);
    let isLost = false;
    const wakeLater: Deps["wakeLater"] = (...args) => {
      if (!isLost) world.blobs.deleteBlob(cardName("contoso"));
      isLost = true;
      return world.deps.wakeLater(...args);
    };
    await startRun({ ...world.deps, wakeLater }, "contoso", MANUAL);
    await reconcile(world.deps, null);
    await world.passTime(HOUR);
    const [run] = world.runsOf("contoso");
    expect(world.eventsOf("backup.succeeded").map((event) => event.run)).toContain(run?.id);
    expect((await world.cardOf("contoso")).newestSuccess?.id).toBe(run?.id);
  });
  test("a record that is too large to be read stays where it is: its run ends on the card, and the slot is tried again", async () => {
    const world = makeProductWorld();
    await world.passTime(9 * MINUTE);
    const { active } = await world.cardOf("contoso");
    if (active === null) throw new Error("expected a run");
    const name = recordName("contoso", active.id);
    const large = new Uint8Array(LARGEST_BLOB + 1);
    world.blobs.put(name, large);
    await world.passTime(HOUR);
    const { runs, newestSuccess } = await world.cardOf("contoso");
    expect(runs.map(({ state, id }) => [state, id === active.id])).toEqual([
      ["Succeeded", false],
      ["Failed", true],
    ]);
    expect(newestSuccess?.slot).toBe(active.slot);
    expect(world.eventsOf("backup.failed")).toMatchObject([{ run: active.id }]);
    expect(world.eventsOf("step.failed")).toMatchObject([
      { code: "blobTooLarge", remedy: expect.stringContaining(name) },
    ]);
    expect(world.blobs.blobs.get(name)?.body.byteLength).toBe(large.byteLength);
    // Nor does it keep a card that is gone from being made again.
    world.blobs.deleteBlob(cardName("contoso"));
    await world.passTime(HOUR);
    expect(await world.cardOf("contoso")).toMatchObject({ active: null, newestSuccess: { id: newestSuccess?.id } });
  });

  test("a card that is too large to be read says what to move away, and holds up no other HSM", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    await world.passTime(4 * MINUTE);
    world.blobs.put(cardName("contoso"), new Uint8Array(LARGEST_BLOB + 1));
    await world.passTime(HOUR);
    expect(world.runsOf("fabrikam").map(({ state }) => state)).toEqual(["Succeeded"]);
    const told = world.eventsOf("backup.checked").filter(({ hsm }) => hsm === "contoso");
    expect(told.at(-1)).toMatchObject({
      isOverdue: true,
      problem: expect.stringMatching(/Move hsms\/contoso.json out/),
    });
    world.blobs.deleteBlob(cardName("contoso"));
    await world.passTime(HOUR);
    expect((await world.cardOf("contoso")).active).toBeNull();
  });

  test("a listing whose pages come to no end keeps nobody from his backup", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    await world.passTime(4 * MINUTE);
    // In a circle and at once, or always another one and slowly.
    const ways = [
      { next: (_asked: number, marker = "b") => (marker === "a" ? "b" : "a"), takes: 0, mostAsked: 200 },
      { next: (asked: number) => `page ${asked}`, takes: 10_000, mostAsked: 12 },
    ];
    for (const [index, { next, takes, mostAsked }] of ways.entries()) {
      let asked = 0;
      let late = 0;
      const listBlobs: Deps["listBlobs"] = async (prefix, marker, limit) => {
        if (limit < 1_000) return world.deps.listBlobs(prefix, marker, limit);
        asked += 1;
        late += takes;
        return { blobs: [{ name: `${prefix}x${asked}`, metadata: {} }], marker: next(asked, marker) };
      };
      const now = (): Date => new Date(world.now().getTime() + late);
      // A card that is gone is made from the listing: of contoso nothing can be known.
      world.blobs.deleteBlob(cardName("contoso"));
      await reconcile({ ...world.deps, listBlobs, now }, null);
      expect(asked).toBeLessThanOrEqual(mostAsked);
      const told = new Map(
        world
          .eventsOf("backup.checked")
          .slice(-2)
          .map(({ hsm, problem }) => [hsm, problem]),
      );
      expect(told.get("contoso")).toMatch(/endlessListing/);
      expect(told.get("fabrikam")).toBeNull();
      expect(world.eventsOf("step.failed").filter(({ step }) => step === "list the cards")).toHaveLength(index + 1);
      await world.passTime(HOUR);
    }
    expect(world.runsOf("fabrikam").map(({ state }) => state)).toEqual(["Succeeded"]);
  });

  test("a ledger that can be read but not written: neither messages nor looks grow, and the run ends when it is back", async () => {
    const world = makeProductWorld({ jobTime: 20 * MINUTE });
    await world.passTime(9 * MINUTE);
    const readOnly: Deps = { ...world.deps, writeBlob: down };
    await world.passTime(5 * HOUR, () => readOnly);
    expect(world.queue.all().length).toBeLessThanOrEqual(5);
    await world.passTime(3 * HOUR);
    expect(world.runsOf("contoso").map(({ state }) => state)).toContain("Succeeded");
    expect((await world.cardOf("contoso")).active).toBeNull();
  });

  test("a ledger that answers too slowly for all HSMs: those left out are told as unknown, and others come first next time", async () => {
    const hsms = Array.from({ length: 40 }, (_, index) => `hsm${index}`);
    const world = makeProductWorld({ hsms, begin: "2026-11-23T09:01:00Z" });
    let slept = 0;
    // Each read takes its share of the time that one look may take.
    const readBlob: Deps["readBlob"] = async (name) => {
      slept += MINUTE / 4;
      return world.deps.readBlob(name);
    };
    const now = (): Date => new Date(world.now().getTime() + slept);
    const lookedAt = async (): Promise<readonly unknown[]> => {
      world.events.length = 0;
      await reconcile({ ...world.deps, readBlob, now }, null);
      const told = world.eventsOf("backup.checked");
      expect(told).toHaveLength(hsms.length);
      for (const { problem, isOverdue } of told) expect(isOverdue).toBe(problem !== null);
      return told.filter(({ problem }) => problem === null).map(({ hsm }) => hsm);
    };
    const first = await lookedAt();
    expect(first.length).toBeLessThan(hsms.length);
    const all = new Set(first);
    for (let turn = 0; turn < 10; turn++) for (const hsm of await lookedAt()) all.add(hsm);
    expect(all.size).toBe(hsms.length);
  });

  test("one HSM whose ledger fails touches no other", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    const readBlob: Deps["readBlob"] = (name) => (name.includes("contoso") ? down() : world.deps.readBlob(name));
    await world.passTime(HOUR, () => ({ ...world.deps, readBlob }));
    expect(world.runsOf("fabrikam").map(({ state }) => state)).toEqual(["Succeeded"]);
    const told = world.eventsOf("backup.checked").filter(({ hsm }) => hsm === "contoso");
    expect(told.at(-1)).toMatchObject({ isOverdue: true, problem: expect.stringContaining("ECONNRESET") });
  });
});
