import type { ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../until.ts";
import { errorIn } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { untilBackedUp } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

// Each HSM has one slot that is due. The first app's jobs still run when the second app starts, so that both see messages.
const FIRST = ["first-a", "first-b", "first-c", "first-d"];
const LATER = ["first-e", "first-f"];
const SECOND = ["second-a", "second-b"];
const JOB_SECONDS = 4;
const FIRST_APP = { WEBSITE_SITE_NAME: "first-app" };
const SECOND_APP = { WEBSITE_SITE_NAME: "second-app" };

describe("two apps with different HSMs on one host storage", () => {
  let world: AppWorld;
  let first: RunningHost;
  beforeAll(async () => {
    world = await startAppWorld([...FIRST, ...LATER, ...SECOND]);
    const slow = [{ fault: "slow", operation: "backup", seconds: JOB_SECONDS }];
    for (const hsm of FIRST) await world.control("POST", hsm, "faults", slow);
    first = await world.startHost({ ...FIRST_APP, ...world.only(...FIRST) });
    await until("the first app owns the ledger", () => world.ledger.getBlobClient("app.json").exists());
  }, 60_000);
  afterAll(() => world?.stop());

  test("with one name of ledger the second writes nothing and says so with the remedy, and the first misses no slot", async () => {
    const intruder = await world.startHost({ ...SECOND_APP, ...world.only(...SECOND) });
    await expectSlots(world.ledger, FIRST);
    await expectForeign(intruder);
    expect(await namesIn(world.ledger)).not.toContainEqual(expect.stringContaining("second"));
    expect(first.events("ledger.foreign")).toEqual([]);
    await intruder.kill();
  });

  test("with two names of ledger every slot of both is backed up, and neither notices the other", async () => {
    await first.kill();
    const own = await world.installAnother("second-runs");
    const hosts = await Promise.all([
      world.startHost({ ...FIRST_APP, ...world.only(...FIRST, ...LATER) }),
      own.startHost({ ...SECOND_APP, ...world.only(...SECOND) }),
    ]);
    await Promise.all([expectSlots(world.ledger, [...FIRST, ...LATER]), expectSlots(own.ledger, SECOND)]);
    expect(await namesIn(world.ledger)).not.toContainEqual(expect.stringContaining("second"));
    expect(await namesIn(own.ledger)).not.toContainEqual(expect.stringContaining("first"));
    for (const host of hosts) expect(host.events("ledger.foreign")).toEqual([]);
  });

  /** The slot of each HSM has one verified backup. */
  async function expectSlots(ledger: ContainerClient, hsms: readonly string[]): Promise<void> {
    for (const { records } of await Promise.all(hsms.map((hsm) => untilBackedUp(ledger, hsm))))
      expect(records).toMatchObject([{ state: "Succeeded", trigger: "schedule" }]);
  }

  async function expectForeign(host: RunningHost): Promise<void> {
    const remedy = expect.stringContaining("BACKUP_LEDGER");
    for (const answer of [await host.get("/api/health"), await host.post('{"hsm":"second-a"}')]) {
      expect([answer.status, errorIn(answer).code]).toEqual([503, "ledgerForeign"]);
      expect(errorIn(answer).message).toEqual(remedy);
      expect(errorIn(answer).message).toContain("first-app");
    }
    const foreign = await until("it is logged", () => host.events("ledger.foreign")[0]);
    expect(foreign).toMatchObject({ app: "second-app", owner: "first-app", remedy });
    const checks = await until("the timer has fired", () => {
      const events = host.events("backup.checked");
      return events.length > 0 && events;
    });
    for (const check of checks) expect(check).toMatchObject({ isOverdue: true, problem: remedy });
  }

  async function namesIn(ledger: ContainerClient): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const { name } of ledger.listBlobsFlat()) names.push(name);
    return names;
  }
});
