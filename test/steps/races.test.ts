import { describe, expect, test } from "vitest";
import type { Deps } from "../../backup/deps.ts";
import { followRun } from "../../backup/follow-run.ts";
import { HOUR, MINUTE } from "../../backup/instant.ts";
import { reconcile } from "../../backup/reconcile.ts";
import { startRun } from "../../backup/start-run.ts";
import { down } from "./faults.ts";
import { MANUAL, makeProductWorld } from "./product-world.ts";

describe("the product, when several act at once", () => {
  test("two runs of one HSM at the same instant: one is taken, the other finds it", async () => {
    const world = makeProductWorld();
    const taken = await Promise.all([startRun(world.deps, "contoso", MANUAL), startRun(world.deps, "contoso", MANUAL)]);
    expect(taken.map(({ outcome }) => outcome).toSorted()).toEqual(["busy", "taken"]);
    await world.passTime(HOUR);
    expect(world.runsOf("contoso").filter(({ trigger }) => trigger === "manual")).toHaveLength(1);
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
});
