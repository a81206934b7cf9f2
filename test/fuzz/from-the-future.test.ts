import { describe, expect, test } from "vitest";
import { checkHealth } from "../../backup/health.ts";
import { DAY, HOUR } from "../../backup/instant.ts";
import { cardName, recordsOf } from "../../backup/ledger.ts";
import { edit, expectBackedUp, worldAfter } from "./edit-ledger.ts";
import { passQuickly } from "./pass-quickly.ts";

const FAR = "9999-12-31T23:59:59.999Z";

describe("a card or record from the future", () => {
  test("first seen then: the HSM is backed up", async () => {
    const world = await worldAfter(9);
    edit(world, "card", () => ({ since: "2027-06-01T00:00:00.000Z" }));
    await expectBackedUp(world);
  });
  test("a success that began in the future (clock ahead, then set right) doesn't satisfy every slot until then", async () => {
    const world = await worldAfter(9);
    edit(world, "record", () => ({ startedAt: "2027-06-01T00:00:00.000Z" }));
    await expectBackedUp(world);
  });
  test("a newest success that is still to come doesn't look healthy", async () => {
    const world = await worldAfter(60);
    edit(world, "card", ({ newestSuccess }) => ({
      since: "2026-11-01T00:00:00.000Z",
      newestSuccess: { ...Object(newestSuccess), startedAt: "2027-06-01T00:00:00.000Z" },
    }));
    expect((await checkHealth(world.deps)).isHealthy).toBe(false);
  });
  test("a run on the card from the year 9999, with no record", async () => {
    const world = await worldAfter(13);
    edit(world, "card", () => ({
      active: {
        id: "20261123T030000Z-m-aaaaaaaa",
        slot: null,
        trigger: "manual",
        key: null,
        at: FAR,
        deadlineAt: FAR,
        storageUrl: "https://backups.blob.core.windows.net",
        container: "mhsm-backup-contoso-2026-11-23",
        traceparent: null,
      },
    }));
    await expectBackedUp(world);
  });
  test("a deadline in the year 9999 and a job that never ends", async () => {
    const world = await worldAfter(9, 20 * DAY);
    edit(world, "record", () => ({ deadlineAt: FAR }));
    const [run] = world.runsOf("fabrikam");
    await passQuickly(world, DAY);
    const ended = world.runsOf("contoso").find(({ startedAt }) => startedAt === run?.startedAt);
    expect(ended).toMatchObject({ state: "Failed", error: { code: "recordUnreadable" } });
  });
  test("a claim from the future: messages stay bounded", async () => {
    const world = await worldAfter(9);
    edit(world, "record", () => ({
      state: "Starting",
      jobId: null,
      attempts: [{ id: "aaaaaaaa", at: FAR, outcome: null }],
    }));
    let most = 0;
    for (let hours = 0; hours < 8; hours++) {
      await passQuickly(world, HOUR);
      most = Math.max(most, world.queue.all().length);
    }
    expect(most).toBeLessThanOrEqual(10);
  });
  test.each(["9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00.000Z"])(
    "a listing's startedat %s: the card that is made from it can be read, and damaged/ doesn't grow",
    async (startedat) => {
      const world = await worldAfter(9);
      const name = [...world.blobs.blobs.keys()].find((each) => each.startsWith(recordsOf("contoso"))) ?? "";
      world.blobs.put(name, "{", { startedat });
      world.blobs.deleteBlob(cardName("contoso"));
      await passQuickly(world, DAY);
      expect([...world.blobs.blobs.keys()].filter((each) => each.startsWith("damaged/")).length).toBeLessThan(5);
      await expectBackedUp(world);
    },
  );
  test("judgedUntil in the year 0: no flood of backup.missed", async () => {
    const world = await worldAfter(4);
    edit(world, "card", () => ({ judgedUntil: "0000-01-01T00:00:00.000Z" }));
    await passQuickly(world, DAY);
    expect(world.eventsOf("backup.missed").length).toBeLessThan(200);
  });
  test("a missed slot whose telling was begun in the future is told", async () => {
    const world = await worldAfter(4);
    edit(world, "card", () => ({ untold: [{ slot: "2026-11-22T02:00:00.000Z", at: "2027-06-01T00:00:00.000Z" }] }));
    await passQuickly(world, DAY);
    expect(world.eventsOf("backup.missed")).toHaveLength(1);
  });
});
