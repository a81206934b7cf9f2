import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../azure/schedule/ncrontab.ts";
import { DAY, HOUR, MINUTE } from "../../backup/model/instant.ts";
import type { Schedule } from "../../backup/model/settings.ts";
import type { Ports } from "../../backup/ports.ts";
import { callFailure } from "../backup/samples.ts";
import { makeProductWorld, SLOT } from "./product-world.ts";

// What went wrong in an earlier version of the product. Each of these failed there, except that of Monday.

function scheduleOf(text: string): Schedule {
  const read = parseSchedule(text);
  if ("problem" in read) throw new Error(read.problem);
  return read.schedule;
}

describe("a schedule that is changed", () => {
  test("from weekly to daily invents no failure for the days before, and the newest slot is due at once", async () => {
    const world = makeProductWorld({ settings: { schedule: scheduleOf("0 0 2 * * 1") } });
    await world.passTime(3 * DAY + 8 * HOUR);
    world.events.length = 0;
    const { settings } = world.ports;
    const daily: Ports = { ...world.ports, settings: { ...settings, schedule: scheduleOf("0 0 2 * * *") } };
    await world.passTime(HOUR, () => daily);
    expect((await world.historyOf("contoso")).map(({ state, slot }) => [state, slot])).toEqual([
      ["Succeeded", "2026-11-26T02:00:00.000Z"],
      ["Succeeded", SLOT],
    ]);
    const levels = world.events.filter(({ event }) => event !== "backup.checked").map(({ level }) => level);
    expect(new Set(levels)).toEqual(new Set(["information"]));
    expect((await world.stateOf("contoso")).runs.every(({ state }) => state === "Succeeded")).toBe(true);
  });

  test.each([
    ["Monday", "2026-11-20T01:59:00Z", "2026-11-23T09:00:00.000Z"],
    ["Tuesday", "2026-11-23T01:59:00Z", "2026-11-24T09:00:00.000Z"],
  ])(
    "to Monday to Friday: an HSM whose backup of %s is missing is overdue from 09:00 that day, and not before",
    async (_day, begin, overdueAt) => {
      const world = makeProductWorld({ settings: { schedule: scheduleOf("0 0 2 * * 1-5") }, begin });
      await world.passTime(HOUR);
      world.events.length = 0;
      for (let tries = 0; tries < 20; tries++) world.hsm.at("contoso").refuseNext("start", callFailure("rejected"));
      const untilLimit = Date.parse(overdueAt) + 1 - world.now().getTime();
      await world.passTime(untilLimit);
      expect(world.eventsOf("backup.checked").filter(({ isOverdue }) => isOverdue !== false)).toEqual([]);
      expect(new Set(world.eventsOf("backup.checked").map((event) => event.overdueAt))).toEqual(new Set([overdueAt]));
      await world.passTime(5 * MINUTE);
      expect(world.eventsOf("backup.checked").at(-1)).toMatchObject({ isOverdue: true, level: "warning" });
    },
  );
});
