import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fields } from "../../scripts/json.ts";
import { until } from "../until.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { FAST_INTERVALS } from "./fast-intervals.ts";
import { type LedgerView, readState, untilBackedUp } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

const ONE_HOUR_SECONDS = 3_600;
const HSMS = ["fine", "retried", "refusing", "hanging", "shared", "roleless"];

// All HSMs are on the same two hosts, whose timers fire at the same time, again and again.
describe("backups on a schedule, by two hosts", () => {
  let world: AppWorld;
  let hosts: readonly RunningHost[];
  beforeAll(async () => {
    world = await startAppWorld(HSMS);
    const script = (hsm: string, fault: object) =>
      world.control("POST", hsm, "faults", [{ operation: "backup", ...fault }]);
    await script("retried", { fault: "failAt", share: 0.5 });
    await script("refusing", { fault: "status", status: 400, code: "BadParameter", times: 1_000 });
    await script("hanging", { fault: "hang", times: 1_000 });
    await script("roleless", { fault: "status", status: 403, code: "Forbidden", times: 1_000 });
    await world.control("POST", "shared", "jobs", { seconds: ONE_HOUR_SECONDS });
    hosts = await Promise.all([world.startHost(), world.startHost()]);
  }, 60_000);
  afterAll(() => world?.stop());

  const eventsOf = (name: string, hsm: string): readonly Fields[] =>
    hosts.flatMap((host) => host.events(name)).filter((event) => event.hsm === hsm);
  const untilLogged = (name: string, hsm: string): Promise<Fields> =>
    until(`${name} of ${hsm}`, () => eventsOf(name, hsm)[0]);
  const statesOf = ({ records }: LedgerView) => records.map(({ state }) => state);

  test("a slot that was missed while no host ran is backed up once, however many timers fire", async () => {
    await untilBackedUp(world.ledger, "fine");
    const ticks = () => hosts.map((host) => host.events("backup.checked").length);
    const before = ticks();
    await until("both timers have fired twice", () =>
      ticks().every((count, index) => count > (before[index] ?? 0) + 2 * HSMS.length),
    );
    const view = await untilBackedUp(world.ledger, "fine");
    expect(statesOf(view)).toEqual(["Succeeded"]);
    expect(view.records[0]?.trigger).toBe("schedule");
    expect(Date.parse(String(view.records[0]?.slot))).toBeLessThanOrEqual(Date.now());
  });

  test("a slot whose first try failed is tried again, and has one verified backup", async () => {
    const view = await untilBackedUp(world.ledger, "retried");
    expect(statesOf(view).toSorted()).toEqual(["Failed", "Succeeded"]);
    expect(new Set(view.records.map(({ slot }) => slot)).size).toBe(1);
    for (const name of ["backup.failed", "backup.succeeded"])
      expect(new Set(eventsOf(name, "retried").map(({ run }) => run)).size).toBe(1);
  });

  test("an HSM that refuses and one that doesn't answer are reported, and delay no other", async () => {
    await untilBackedUp(world.ledger, "fine");
    expect(await untilLogged("backup.failed", "refusing")).toMatchObject({ code: "BadParameter" });
    expect(await untilLogged("backup.refused", "hanging")).toMatchObject({ reason: "noAnswer", status: null });
    expect((await readState(world.ledger, "hanging"))?.active).not.toBeNull();
  });

  test("while another tool's backup runs ours waits, and then succeeds", async () => {
    const refused = await untilLogged("backup.refused", "shared");
    await world.control("DELETE", "shared", "jobs");
    const { records } = await untilBackedUp(world.ledger, "shared");
    expect(refused).toMatchObject({ reason: "busy", status: 409 });
    expect(records).toMatchObject([{ id: refused.run, state: "Succeeded" }]);
  });

  test("without its role at the HSM a run says so at once, and fails after some time; the next try succeeds once the role is back", async () => {
    const refused = await untilLogged("backup.refused", "roleless");
    const failed = await until("its run has failed", () =>
      eventsOf("backup.failed", "roleless").find(({ run }) => run === refused.run),
    );
    await world.control("DELETE", "roleless", "faults");
    const { records } = await untilBackedUp(world.ledger, "roleless");

    const remedy = expect.stringMatching(
      /az keyvault role assignment create --hsm-name roleless .*"Managed HSM Backup"/,
    );
    expect(refused).toMatchObject({ reason: "denied", status: 403, remedy });
    expect(failed).toMatchObject({ code: "Forbidden", remedy });
    const first = records.find(({ id }) => id === refused.run);
    expect(first).toMatchObject({ state: "Failed", error: { code: "Forbidden", remedy } });
    const tried = Date.parse(String(first?.endedAt)) - Date.parse(String(first?.attempts[0]?.at));
    expect(tried).toBeGreaterThanOrEqual(FAST_INTERVALS.denialGrace);
    expect(records[0]).toMatchObject({ state: "Succeeded", slot: first?.slot });
  });
});
