import { describe, expect, test } from "vitest";
import type { Deps } from "../../backup/deps.ts";
import { DAY, HOUR, MINUTE } from "../../backup/instant.ts";
import { reconcile } from "../../backup/reconcile.ts";
import { down } from "./faults.ts";
import { makeProductWorld } from "./product-world.ts";

describe("the product, when the world goes wrong", () => {
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

  test("an HSM that never ends: the run is TimedOut within its deadline and three quarters of an hour", async () => {
    const world = makeProductWorld({ jobTime: 20 * DAY });
    await world.passTime(6 * HOUR + 53 * MINUTE);
    expect(world.runsOf("contoso").at(-1)).toMatchObject({ state: "TimedOut", error: { code: "deadline" } });
  });
});
