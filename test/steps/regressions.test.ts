import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../backup/model/instant.ts";
import type { Settings } from "../../backup/model/settings.ts";
import type { Ports } from "../../backup/ports.ts";
import { usable } from "../backup/some-settings.ts";
import { onWeekdays } from "../fakes/fake-schedule.ts";
import { makeApp } from "../functions/app-handlers.ts";
import { makeProductWorld, SLOT } from "./product-world.ts";

// What went wrong in an earlier version of the product. Each of these failed there.

const withSettings = (ports: Ports, changes: Partial<Settings>): Ports => ({
  ...ports,
  settings: { ...ports.settings, ...changes },
});
const healthOf = (ports: Ports) => makeApp(ports).ask("health", { path: "/api/health" });

describe("two apps", () => {
  test("on one ledger: the second writes nothing, calls no HSM and says so with the remedy; the first misses no slot", async () => {
    const first = makeProductWorld();
    await first.passTime(5 * MINUTE);
    const second = makeProductWorld({ beside: first, settings: { app: "second" } });
    const calls: string[] = [];
    const refuse = (verb: string) => (): Promise<never> => {
      calls.push(verb);
      throw new Error(`The second app called ${verb}.`);
    };
    const ports: Ports = {
      ...second.ports,
      writeBlob: refuse("writeBlob"),
      sendMessage: refuse("sendMessage"),
      prepareTarget: refuse("prepareTarget"),
      startFullBackup: refuse("startFullBackup"),
      getBackupStatus: refuse("getBackupStatus"),
    };
    // The second app's timer comes first: a slot that it could take would be its own.
    await second.passTime(3 * DAY + HOUR, () => ports, { of: () => first.ports, queue: first.queue });
    expect(calls).toEqual([]);
    expect((await first.historyOf("contoso")).map(({ state, slot }) => [state, slot?.slice(0, 10)])).toEqual([
      ["Succeeded", "2026-11-26"],
      ["Succeeded", "2026-11-25"],
      ["Succeeded", "2026-11-24"],
      ["Succeeded", "2026-11-23"],
    ]);
    const remedy = expect.stringContaining("BACKUP_LEDGER");
    expect(first.eventsOf("ledger.foreign")[0]).toMatchObject({
      level: "error",
      app: "second",
      owner: "local",
      remedy,
    });
    expect(await healthOf(ports)).toMatchObject({
      status: 503,
      body: { error: { code: "ledgerForeign", message: remedy } },
    });
  });

  test("with a ledger each: both back up every slot", async () => {
    const first = makeProductWorld();
    const second = makeProductWorld({ beside: first, settings: { app: "second", ledger: "second-runs" } });
    await first.passTime(DAY + 3 * HOUR, undefined, { of: () => second.ports, queue: second.queue });
    for (const world of [first, second]) {
      const slots = (await world.historyOf("contoso")).map(({ state, slot }) => [state, slot]);
      expect(slots).toEqual([
        ["Succeeded", "2026-11-24T02:00:00.000Z"],
        ["Succeeded", SLOT],
      ]);
    }
    expect(first.eventsOf("ledger.foreign")).toEqual([]);
  });
});

describe("an HSM whose URL is wrong", () => {
  const FABRIKAM = "https://fabrikam.managedhsm.azure.net";
  const weekly = onWeekdays(2, [1]);
  const wrong = { ...usable({ BACKUP_HSM_URLS: `http://contoso.managedhsm.azure.net,${FABRIKAM}` }), schedule: weekly };
  const halfWrong = {
    ...usable({ BACKUP_HSM_URLS: `https://contoso.managedhsm.azure.net/keys,${FABRIKAM}` }),
    schedule: weekly,
  };

  test.each([
    ["with plain HTTP", wrong],
    ["with a path", halfWrong],
  ])(
    "%s for ten minutes over its weekly slot: the slot is backed up after the correction, and health is 503 until then",
    async (_what, settings) => {
      const world = makeProductWorld({
        hsms: ["contoso", "fabrikam"],
        settings: { schedule: weekly },
        begin: "2026-11-16T01:59:00Z",
      });
      await world.passTime(HOUR);
      world.setTime("2026-11-23T01:58:00Z");
      const rejected = withSettings(world.ports, settings);
      await world.passTime(10 * MINUTE, () => rejected);
      expect(await healthOf(rejected)).toMatchObject({
        status: 503,
        body: { problems: [{ setting: "BACKUP_HSM_URLS" }] },
      });
      expect((await world.historyOf("contoso")).map(({ slot }) => slot)).toEqual(["2026-11-16T02:00:00.000Z"]);
      await world.passTime(HOUR);
      expect((await world.historyOf("contoso"))[0]).toMatchObject({ state: "Succeeded", slot: SLOT });
      expect((await healthOf(world.ports)).status).toBe(200);
    },
  );

  test("is listed by health with its problem, and one dropped from the settings as not configured", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam", "adatum"] });
    await world.passTime(HOUR);
    const { body, status } = await healthOf(withSettings(world.ports, halfWrong));
    expect([status, body]).toMatchObject([
      503,
      {
        hsms: [
          { hsm: "fabrikam", isConfigured: true, problem: null },
          { hsm: "contoso", isConfigured: false, problem: expect.stringContaining("got more than that, a port, path") },
          { hsm: "adatum", isConfigured: false, problem: expect.stringContaining("not configured") },
        ],
      },
    ]);
  });
});
