import { describe, expect, test } from "vitest";
import { CallFailed } from "../../backup/call-failed.ts";
import { type Deps, LARGEST_BLOB } from "../../backup/deps.ts";
import { followRun } from "../../backup/follow-run.ts";
import { DAY, HOUR, MINUTE } from "../../backup/instant.ts";
import { cardName, recordName } from "../../backup/ledger.ts";
import { reconcile } from "../../backup/reconcile.ts";
import { startRun } from "../../backup/start-run.ts";
import { makeProductWorld } from "./product-world.ts";

const MANUAL = { trigger: "manual", key: null, traceparent: null } as const;
const down = async (): Promise<never> => {
  throw new CallFailed({
    operation: "send",
    target: "queue",
    reason: "noAnswer",
    status: null,
    code: "ENOTFOUND",
    remedy: "Wait.",
  });
};

describe("the product, when the world goes wrong", () => {
  test("two runs of one HSM at the same instant: one is taken, the other finds it", async () => {
    const world = makeProductWorld();
    const taken = await Promise.all([startRun(world.deps, "contoso", MANUAL), startRun(world.deps, "contoso", MANUAL)]);
    expect(taken.map(({ outcome }) => outcome).toSorted()).toEqual(["busy", "taken"]);
    await world.passTime(HOUR);
    expect(world.runsOf("contoso").filter(({ trigger }) => trigger === "manual")).toHaveLength(1);
  });

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

  test("two reconciles at the same instant start one run and tell a missed slot once", async () => {
    const world = makeProductWorld();
    await world.passTime(4 * MINUTE);
    world.setTime("2026-11-25T02:00:00Z");
    await Promise.all([reconcile(world.deps, null), reconcile(world.deps, null)]);
    expect(world.eventsOf("backup.missed").map(({ slot }) => slot)).toEqual([
      "2026-11-23T02:00:00.000Z",
      "2026-11-24T02:00:00.000Z",
    ]);
    await world.passTime(HOUR);
    expect(world.runsOf("contoso").map(({ state, slot }) => [state, slot])).toEqual([
      ["Succeeded", "2026-11-25T02:00:00.000Z"],
    ]);
    expect(world.eventsOf("backup.missed")).toHaveLength(2);
  });

  test("a slot whose tries all fail is tried again with growing pauses, and told as missed when the next one comes", async () => {
    const world = makeProductWorld();
    const refusal = {
      operation: "start a full backup",
      target: "contoso",
      reason: "rejected",
      status: 400,
      code: "Bad",
      remedy: "None.",
    } as const;
    for (let tries = 0; tries < 20; tries++) world.hsm.at("contoso").refuseNext("start", refusal);
    await world.passTime(DAY + HOUR);
    const failed = world.runsOf("contoso").filter(({ slot }) => slot === "2026-11-23T02:00:00.000Z");
    // 02:00, then 15 min, 1 h, 2 h, and every 4 h from there.
    expect(failed.map(({ startedAt }) => startedAt.slice(11, 16)).toSorted()).toEqual(
      ["02:00", "02:15", "03:15", "05:15", "09:15", "13:15", "17:15", "21:15", "01:15"].toSorted(),
    );
    expect(world.eventsOf("backup.missed").map(({ slot }) => slot)).toEqual(["2026-11-23T02:00:00.000Z"]);
  });

  test("while the queue is down a backup is started and followed all the same, by the timer", async () => {
    const world = makeProductWorld();
    let isDown = true;
    const wakeLater: Deps["wakeLater"] = (...args) => (isDown ? down() : world.deps.wakeLater(...args));
    const deps: Deps = { ...world.deps, wakeLater };
    await world.passTime(HOUR, () => deps);
    expect(world.runsOf("contoso").map(({ state }) => state)).toEqual(["Succeeded"]);
    expect((await world.cardOf("contoso")).active).toBeNull();
    isDown = false;
    await world.passTime(HOUR, () => deps);
    expect(world.runsOf("contoso")).toHaveLength(1);
    expect(world.hsm.at("contoso").jobs()).toHaveLength(1);
  });

  test("what is told of an HSM is true also when a later step fails", async () => {
    const world = makeProductWorld();
    await world.passTime(HOUR);
    await reconcile({ ...world.deps, wakeLater: down }, null);
    expect(world.eventsOf("backup.checked").at(-1)).toMatchObject({
      isOverdue: false,
      newestSuccess: "2026-11-23T02:00:00.000Z",
    });
  });

  test("a card that another tool changes at every turn: the start is refused with what to do, and nothing was begun", async () => {
    const world = makeProductWorld({ begin: "2026-11-23T09:01:00Z" });
    await world.passTime(5 * MINUTE);
    const writeBlob: Deps["writeBlob"] = (blob) => {
      world.blobs.touch(blob.name);
      return world.deps.writeBlob(blob);
    };
    await expect(startRun({ ...world.deps, writeBlob }, "contoso", MANUAL)).rejects.toThrow(
      /could not write the card \(contoso, HTTP 412, cardContended\): others changed it 10 times in a row\. Try again/,
    );
    expect((await world.cardOf("contoso")).active).toBeNull();
    expect(world.queue.all()).toEqual([]);
  });

  test("a claim whose answer comes only when another process has taken the run on: nothing of what that wrote is undone", async () => {
    const world = makeProductWorld({ begin: "2026-11-23T09:01:00Z" });
    const states: number[] = [];
    let isClaimed = false;
    const writeBlob: Deps["writeBlob"] = async (blob) => {
      const written = await world.deps.writeBlob(blob);
      const [run] = world.runsOf("contoso");
      if (run !== undefined) states.push(run.seq);
      if (run === undefined || isClaimed || run.attempts.length === 0) return written;
      isClaimed = true;
      // This process stands still for longer than a claim is left to it; the other one can't make the container.
      world.setTime("2026-11-23T09:10:00Z");
      await followRun({ ...world.deps, prepareTarget: down }, { v: 1, hsm: "contoso", run: run.id, seq: 0 });
      return down();
    };
    await startRun({ ...world.deps, writeBlob }, "contoso", MANUAL);
    const [run] = world.runsOf("contoso");
    expect(run).toMatchObject({ state: "InProgress", seq: 2 });
    expect(states).toEqual(states.toSorted());
    await world.passTime(HOUR);
    expect(world.runsOf("contoso").map(({ state }) => state)).toEqual(["Succeeded"]);
    expect(world.hsm.at("contoso").jobs()).toHaveLength(1);
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

  test("an HSM that is taken out of the settings: its run has failed at the deadline, and its card notes when it left", async () => {
    const world = makeProductWorld();
    await world.passTime(9 * MINUTE);
    const gone: Deps = { ...world.deps, settings: { ...world.deps.settings, hsms: [] } };
    await world.passTime(8 * HOUR, () => gone);
    expect(world.runsOf("contoso")).toMatchObject([{ state: "Failed", error: { code: "notConfigured" } }]);
    expect((await world.cardOf("contoso")).leftAt).not.toBeNull();
    await world.passTime(10 * MINUTE);
    const back = await world.cardOf("contoso");
    expect(back.leftAt).toBeNull();
    expect(Date.parse(back.since)).toBeGreaterThan(Date.parse("2026-11-23T10:00:00Z"));
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

  test("one HSM whose ledger fails touches no other", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    const readBlob: Deps["readBlob"] = (name) => (name.includes("contoso") ? down() : world.deps.readBlob(name));
    await world.passTime(HOUR, () => ({ ...world.deps, readBlob }));
    expect(world.runsOf("fabrikam").map(({ state }) => state)).toEqual(["Succeeded"]);
    const told = world.eventsOf("backup.checked").filter(({ hsm }) => hsm === "contoso");
    expect(told.at(-1)).toMatchObject({ isOverdue: true, problem: expect.stringContaining("ENOTFOUND") });
  });

  test("an HSM that never ends: the run is TimedOut within its deadline and three quarters of an hour", async () => {
    const world = makeProductWorld({ jobTime: 20 * DAY });
    await world.passTime(6 * HOUR + 53 * MINUTE);
    expect(world.runsOf("contoso").at(-1)).toMatchObject({ state: "TimedOut", error: { code: "deadline" } });
  });

  test("a message that comes twice, late or for nobody changes nothing", async () => {
    const world = makeProductWorld();
    await world.passTime(HOUR);
    const before = JSON.stringify([world.runsOf("contoso"), await world.cardOf("contoso")]);
    const [run] = world.runsOf("contoso");
    for (const seq of [0, 1, 2, 99]) await followRun(world.deps, { v: 1, hsm: "contoso", run: run?.id, seq });
    await followRun(world.deps, { v: 1, hsm: "fabrikam", run: run?.id, seq: 0 });
    await followRun(world.deps, "rubbish");
    expect(JSON.stringify([world.runsOf("contoso"), await world.cardOf("contoso")])).toBe(before);
    expect(world.queue.all()).toEqual([]);
    expect(world.eventsOf("backup.succeeded")).toHaveLength(1);
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
});
