import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY } from "../../backup/instant.ts";
import { until } from "../until.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { knowSince, untilBackedUp, viewLedger } from "./ledger-view.ts";

const ONE_HOUR_SECONDS = 3_600;

describe("backups on a schedule", () => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(["missed", "twice", "retried", "failing", "hanging", "fine", "shared"]);
  }, 60_000);
  afterAll(() => world?.stop());

  const yesterday = () => new Date(Date.now() - DAY);

  test.concurrent("a slot that was missed while the host was down is caught up", { timeout: 90_000 }, async ({
    onTestFinished,
  }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    await knowSince(app.ledger, "missed", yesterday());
    const host = await app.startHost(world.only("missed"));
    const { records } = await untilBackedUp(app.ledger, "missed");
    await host.kill();
    expect(records).toMatchObject([{ state: "Succeeded", trigger: "schedule" }]);
    expect(Date.parse(String(records[0]?.slot))).toBeLessThanOrEqual(Date.now());
  });

  test.concurrent("a slot whose timer fires on two hosts at once, again and again, gets one backup", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    await knowSince(app.ledger, "twice", yesterday());
    const hosts = await Promise.all([app.startHost(world.only("twice")), app.startHost(world.only("twice"))]);
    await untilBackedUp(app.ledger, "twice");
    const looks = () => hosts.map((host) => host.events("backup.checked").length);
    const before = looks();
    await until("both have looked again", () => looks().every((count, index) => count > (before[index] ?? 0) + 1));
    for (const host of hosts) await host.kill();
    const { records } = await viewLedger(app.ledger, "twice");
    expect(records.map(({ state }) => state)).toEqual(["Succeeded"]);
  });

  test.concurrent("a slot whose first try failed is tried again, and ends with one verified backup", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    await knowSince(app.ledger, "retried", yesterday());
    await world.control("POST", "retried", "faults", [{ fault: "failAt", operation: "backup", share: 0.5 }]);
    const host = await app.startHost(world.only("retried"));
    const { card, records } = await untilBackedUp(app.ledger, "retried");
    await host.kill();
    expect(records.map(({ state }) => state).toSorted()).toEqual(["Failed", "Succeeded"]);
    expect(new Set(records.map(({ slot }) => slot)).size).toBe(1);
    expect(card?.failuresInARow).toBe(0);
    // Told at least once: two who finish the same run at the same time may both tell it.
    expect(new Set(host.events("backup.failed").map(({ run }) => run)).size).toBe(1);
    expect(new Set(host.events("backup.succeeded").map(({ run }) => run)).size).toBe(1);
  });

  test.concurrent("one HSM that refuses and one that hangs don't keep the third from its backup", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    for (const hsm of ["failing", "hanging", "fine"]) await knowSince(app.ledger, hsm, yesterday());
    await world.control("POST", "failing", "faults", [
      { fault: "status", operation: "backup", status: 400, code: "BadParameter" },
    ]);
    await world.control("POST", "hanging", "faults", [{ fault: "hang", operation: "backup", times: 100 }]);
    const host = await app.startHost(world.only("failing", "hanging", "fine"));
    const { records } = await untilBackedUp(app.ledger, "fine");
    const failed = await until("the refused one has failed", () => host.events("backup.failed")[0]);
    const refused = await until("the hanging one is told", () =>
      host.events("backup.refused").find(({ hsm }) => hsm === "hanging"),
    );
    await host.kill();
    expect(records).toMatchObject([{ state: "Succeeded" }]);
    expect(failed).toMatchObject({ hsm: "failing", code: "BadParameter" });
    expect(refused).toMatchObject({ reason: "noAnswer" });
    expect((await viewLedger(app.ledger, "hanging")).card?.active).not.toBeNull();
  });

  test.concurrent("while another tool's backup runs ours waits, and then succeeds", { timeout: 90_000 }, async ({
    onTestFinished,
  }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    await knowSince(app.ledger, "shared", yesterday());
    await world.control("POST", "shared", "jobs", { seconds: ONE_HOUR_SECONDS });
    const host = await app.startHost(world.only("shared"));
    const refused = await until("it is told", () => host.events("backup.refused")[0]);
    await world.control("DELETE", "shared", "jobs");
    const { records } = await untilBackedUp(app.ledger, "shared");
    await host.kill();
    expect(records).toMatchObject([{ state: "Succeeded" }]);
    expect(refused).toMatchObject({ hsm: "shared", reason: "busy", status: 409 });
  });
});
