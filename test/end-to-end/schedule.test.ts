import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY } from "../../backup/instant.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { knowSince, viewLedger } from "./ledger-view.ts";
import { until } from "./until.ts";

describe("backups on a schedule", () => {
  let app: AppWorld;
  beforeAll(async () => {
    app = await startAppWorld(["missed", "twice", "retried", "failing", "hanging", "fine", "shared", "returning"]);
  }, 60_000);
  afterAll(() => app?.stop());

  const only = (...hsms: readonly string[]) => ({
    BACKUP_HSM_URLS: hsms.map((hsm) => `${app.world.hsmEmulatorUrl}/${hsm}`).join(","),
  });
  const yesterday = () => new Date(Date.now() - DAY);
  const succeeded = (hsm: string) =>
    until(`${hsm} has its backup`, 60, async () => {
      const view = await viewLedger(app.ledger, hsm);
      return view.card?.newestSuccess && view.card.active === null ? view : undefined;
    });

  test("a slot that was missed while the host was down is caught up", async () => {
    await knowSince(app.ledger, "missed", yesterday());
    const host = await app.startHost(only("missed"));
    const { records } = await succeeded("missed");
    await host.kill();
    expect(records).toMatchObject([{ state: "Succeeded", trigger: "schedule" }]);
    expect(Date.parse(String(records[0]?.slot))).toBeLessThanOrEqual(Date.now());
  }, 90_000);

  test("a slot whose timer fires on two hosts at once, again and again, gets one backup", async () => {
    await knowSince(app.ledger, "twice", yesterday());
    const hosts = await Promise.all([app.startHost(only("twice")), app.startHost(only("twice"))]);
    await succeeded("twice");
    const looks = () => hosts.map((host) => host.events("backup.checked").length);
    const before = looks();
    await until("both have looked again", 20, () =>
      looks().every((count, index) => count > (before[index] ?? 0) + 1) ? true : undefined,
    );
    for (const host of hosts) await host.kill();
    const { records } = await viewLedger(app.ledger, "twice");
    expect(records.map(({ state }) => state)).toEqual(["Succeeded"]);
  }, 90_000);

  test("a slot whose first try failed is tried again, and ends with one verified backup", async () => {
    await knowSince(app.ledger, "retried", yesterday());
    await app.control("POST", "retried", "faults", [{ fault: "failAt", operation: "backup", share: 0.5 }]);
    const host = await app.startHost(only("retried"));
    const { card, records } = await succeeded("retried");
    await host.kill();
    expect(records.map(({ state }) => state).toSorted()).toEqual(["Failed", "Succeeded"]);
    expect(new Set(records.map(({ slot }) => slot)).size).toBe(1);
    expect(card?.failuresInARow).toBe(0);
    expect(host.events("backup.failed")).toHaveLength(1);
    expect(host.events("backup.succeeded")).toHaveLength(1);
  }, 90_000);

  test("one HSM that refuses and one that hangs don't keep the third from its backup", async () => {
    for (const hsm of ["failing", "hanging", "fine"]) await knowSince(app.ledger, hsm, yesterday());
    await app.control("POST", "failing", "faults", [
      { fault: "status", operation: "backup", status: 400, code: "BadParameter" },
    ]);
    await app.control("POST", "hanging", "faults", [{ fault: "hang", operation: "backup", times: 100 }]);
    const host = await app.startHost(only("failing", "hanging", "fine"));
    const { records } = await succeeded("fine");
    const failed = await until("the refused one has failed", 20, () => host.events("backup.failed")[0]);
    const refused = await until("the hanging one is told", 20, () =>
      host.events("backup.refused").find(({ hsm }) => hsm === "hanging"),
    );
    await host.kill();
    expect(records).toMatchObject([{ state: "Succeeded" }]);
    expect(failed).toMatchObject({ hsm: "failing", code: "BadParameter" });
    expect(refused).toMatchObject({ reason: "noAnswer" });
    expect((await viewLedger(app.ledger, "hanging")).card?.active).not.toBeNull();
  }, 90_000);

  test("while another tool's backup runs ours waits, and then succeeds", async () => {
    await knowSince(app.ledger, "shared", yesterday());
    await app.control("POST", "shared", "jobs", { seconds: 5 });
    const host = await app.startHost(only("shared"));
    const { records } = await succeeded("shared");
    await host.kill();
    expect(records).toMatchObject([{ state: "Succeeded" }]);
    expect(host.events("backup.refused")[0]).toMatchObject({ hsm: "shared", reason: "busy", status: 409 });
  }, 90_000);
});
