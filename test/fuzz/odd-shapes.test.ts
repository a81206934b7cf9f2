import { describe, expect, test } from "vitest";
import { dueRun } from "../../backup/due-run.ts";
import { HOUR, MINUTE } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import { cardName } from "../../backup/ledger.ts";
import { cardOf, summary } from "../backup/samples.ts";
import { everyDayAt } from "../fakes/fake-schedule.ts";
import { makeApp } from "./app-handlers.ts";
import { edit, expectBackedUp, type Fields, worldAfter } from "./edit-ledger.ts";
import { passQuickly } from "./pass-quickly.ts";

describe("a card or record of another shape", () => {
  test("an account with a blank after it: the run ends", async () => {
    const world = await worldAfter(9);
    edit(world, "record", () => ({ storageUrl: "https://backups.blob.core.windows.net " }));
    await expectBackedUp(world);
  });
  test("an unknown field nested 5,000 deep", async () => {
    const world = await worldAfter(4);
    const text = world.blobs.textOf(cardName("contoso")) ?? "";
    world.blobs.put(cardName("contoso"), text.replace(/}$/, `,"x":${"[".repeat(5_000)}${"]".repeat(5_000)}}`));
    expect((await makeApp(world.deps).post('{"hsm":"contoso"}')).status).toBe(202);
  });
  test("the same within a run: the overview is answered", async () => {
    const world = await worldAfter(13);
    const text = world.blobs.textOf(cardName("contoso")) ?? "";
    const deep = `"runs":[{"x":${"[".repeat(5_000)}${"]".repeat(5_000)},`;
    world.blobs.put(cardName("contoso"), text.replace('"runs":[{', deep));
    expect((await makeApp(world.deps).ask("listBackups")).status).toBe(200);
  });
  test("a container of another HSM is no place for a success", async () => {
    const world = await worldAfter(9);
    edit(world, "record", () => ({
      state: "Starting",
      jobId: null,
      attempts: [],
      container: "mhsm-backup-fabrikam-2026-11-23",
    }));
    await passQuickly(world, HOUR);
    const foreign = [...(world.containers.containers.get("mhsm-backup-fabrikam-2026-11-23")?.keys() ?? [])];
    expect(foreign.filter((name) => name.startsWith("mhsm-contoso-"))).toEqual([]);
  });
  test("bytes that are no UTF-8 are damaged, and kept", async () => {
    const world = await worldAfter(4);
    const bytes = Buffer.from((world.blobs.textOf(cardName("contoso")) ?? "").replace(/}$/, ',"note":"@"}'));
    bytes[bytes.indexOf("@")] = 0xff;
    world.blobs.put(cardName("contoso"), bytes);
    await passQuickly(world, HOUR);
    expect([...world.blobs.blobs.values()].some(({ body }) => Buffer.from(body).equals(bytes))).toBe(true);
  });
  test("only {hsm}.json is a card: other blobs make no HSM, and no run twice", async () => {
    const world = await worldAfter(13);
    world.blobs.put("hsms/strayx.text", "notes");
    world.blobs.put("hsms/contoso.bak1", "notes");
    await passQuickly(world, 10 * MINUTE);
    const { text } = await makeApp(world.deps).ask("listBackups");
    expect([text.split('"hsm":"contoso"').length - 1, world.blobs.textOf("hsms/strayx.json")]).toEqual([1, undefined]);
  });
  test("a field of a run on the card can't give it to another HSM in the overview", async () => {
    const world = await worldAfter(13);
    edit(world, "card", ({ runs }) => ({
      runs: Array.isArray(runs) ? runs.map((run: Fields) => ({ ...run, hsm: "nobody" })) : [],
    }));
    expect((await makeApp(world.deps).ask("listBackups")).text).not.toContain("nobody");
  });
  test("after try 9999 of a slot the next run has an id that can be read", async () => {
    const runs = [
      summary({
        id: "20261123T020000Z-9999-aaaaaaaa",
        slot: "2026-11-23T02:00:00.000Z",
        endedAt: "2026-11-23T02:01:00.000Z",
      }),
    ];
    const due = dueRun(cardOf({ runs }), everyDayAt(2), new Date("2026-11-23T12:00:00Z"), INTERVALS);
    expect(due?.attempt ?? 1).toBeLessThanOrEqual(9_999);
  });
  test("130,000 tries of a slot are judged without a throw", () => {
    const run = summary({ slot: "2026-11-23T02:00:00.000Z", endedAt: "2026-11-23T02:01:00.000Z" });
    const card = cardOf({ runs: Array.from({ length: 130_000 }, () => run) });
    expect(() => dueRun(card, everyDayAt(2), new Date("2026-11-23T12:00:00Z"), INTERVALS)).not.toThrow();
  });
});
