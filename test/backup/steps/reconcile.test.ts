import { describe, expect, it } from "vitest";
import { stateName } from "../../../backup/ledger/ledger.ts";
import { CallFailed } from "../../../backup/model/call-failed.ts";
import { DAY, HOUR, MINUTE } from "../../../backup/model/instant.ts";
import type { Ports } from "../../../backup/ports.ts";
import { reconcile } from "../../../backup/steps/reconcile.ts";
import { Crash } from "../../steps/pass-time.ts";
import { hsmOf, makeProductWorld, SLOT } from "../../steps/product-world.ts";
import { callFailure } from "../samples.ts";
import { settingsOf } from "../some-settings.ts";

describe("a tick of the timer", () => {
  it("logs how every HSM stands before it calls any of them", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"], begin: SLOT });
    let checkedBefore: number | undefined;
    const prepareTarget: Ports["prepareTarget"] = (container) => {
      checkedBefore ??= world.eventsOf("backup.checked").length;
      return world.ports.prepareTarget(container);
    };
    await reconcile({ ...world.ports, prepareTarget });
    expect(checkedBefore).toBe(2);
    expect(world.eventsOf("backup.checked")).toMatchObject([
      { hsm: "contoso", version: "1.2.3", isOverdue: true, newestSuccess: null },
      { hsm: "fabrikam" },
    ]);
  });

  it("logs each setting that was rejected, and backs up all the same", async () => {
    const problems = [{ setting: "BACKUP_MAX_AGE", problem: "expected an ISO 8601 duration" }];
    const world = makeProductWorld({ settings: { problems }, begin: SLOT });
    await reconcile(world.ports);
    expect(world.eventsOf("settings.rejected")).toMatchObject(problems);
    expect((await world.stateOf("contoso")).active?.state).toBe("InProgress");
  });

  it("leaves a run alone until five minutes after its next step was due, then takes the step and says so", async () => {
    const world = makeProductWorld({ begin: SLOT, jobTime: HOUR });
    await reconcile(world.ports);
    const { active } = await world.stateOf("contoso");
    const due = Date.parse(active?.nextAt ?? "");
    world.setTime(due + 5 * MINUTE);
    await reconcile(world.ports);
    expect((await world.stateOf("contoso")).active?.seq).toBe(active?.seq);
    world.setTime(due + 5 * MINUTE + 1);
    await reconcile(world.ports);
    expect((await world.stateOf("contoso")).active?.seq).toBe((active?.seq ?? 0) + 1);
    expect(world.eventsOf("backup.resumed")).toMatchObject([{ level: "warning", run: active?.id, seq: active?.seq }]);
  });

  it("publishes the end of a run whose process died before its release, which is no step that was late", async () => {
    const world = makeProductWorld();
    let isDead = false;
    const writeManifest: Ports["writeManifest"] = () => {
      isDead = true;
      throw new Crash("writeManifest");
    };
    const writeBlob: Ports["writeBlob"] = (blob) => {
      if (isDead) throw new Crash("writeBlob");
      return world.ports.writeBlob(blob);
    };
    await world.passTime(6 * MINUTE, () => (isDead ? world.ports : { ...world.ports, writeManifest, writeBlob }));
    expect((await world.stateOf("contoso")).active?.state).toBe("Succeeded");
    await world.passTime(10 * MINUTE);
    expect(await world.stateOf("contoso")).toMatchObject({ active: null, newestSuccess: { slot: SLOT } });
    expect(world.eventsOf("backup.resumed")).toEqual([]);
  });

  it("takes the step of a run whose next step lies more than an hour ahead: it was planned under a wrong clock", async () => {
    const world = makeProductWorld({ begin: SLOT, jobTime: HOUR });
    await reconcile(world.ports);
    const text = world.blobs.textOf(stateName("contoso")) ?? "";
    world.blobs.put(stateName("contoso"), text.replace(/"nextAt":"[^"]+"/, '"nextAt":"2027-06-01T00:00:00.000Z"'));
    await reconcile(world.ports);
    expect(world.eventsOf("backup.resumed")).toHaveLength(1);
  });

  it("follows an HSM that is no longer configured to the end of its run, and starts no other", async () => {
    const world = makeProductWorld({ jobTime: 20 * MINUTE });
    await world.passTime(2 * MINUTE);
    const dropped: Ports = { ...world.ports, settings: { ...world.ports.settings, hsms: [hsmOf("fabrikam")] } };
    world.queue.deleteQueue();
    world.events.length = 0;
    await world.passTime(2 * DAY, () => dropped);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded", slot: SLOT }]);
    expect(await world.historyOf("fabrikam")).toHaveLength(2);
    expect(world.eventsOf("backup.checked").filter(({ hsm }) => hsm === "contoso")).toEqual([]);
    expect(world.eventsOf("step.failed")).toEqual([]);
  });

  it("backs up an HSM that comes back at once, and judges it by the success that it had", async () => {
    const world = makeProductWorld();
    const dropped: Ports = { ...world.ports, settings: { ...world.ports.settings, hsms: [] } };
    await world.passTime(HOUR);
    await world.passTime(3 * DAY, () => dropped);
    world.events.length = 0;
    await reconcile(world.ports);
    expect(world.eventsOf("backup.checked")).toMatchObject([
      { hsm: "contoso", isOverdue: true, newestSuccess: "2026-11-23T02:00:00.000Z" },
    ]);
    expect((await world.stateOf("contoso")).active?.slot).toBe("2026-11-26T02:00:00.000Z");
  });

  it("attends to the configured HSMs where the states can't be listed", async () => {
    const world = makeProductWorld({ begin: SLOT });
    await reconcile({
      ...world.ports,
      listBlobs: (prefix, ...rest) =>
        prefix === "hsms/" ? Promise.reject(new Error("slow down")) : world.ports.listBlobs(prefix, ...rest),
    });
    expect((await world.stateOf("contoso")).active?.state).toBe("InProgress");
    expect(world.eventsOf("step.failed")).toMatchObject([{ step: "list the states" }]);
  });
});

describe("the heartbeat", () => {
  /** A tick, and what it told. */
  async function heartbeatOf(world: ReturnType<typeof makeProductWorld>, changes: Partial<Ports> = {}) {
    const told: boolean[] = [];
    await reconcile({ ...world.ports, ...changes, sendHeartbeat: async (isHealthy) => void told.push(isHealthy) });
    return told;
  }

  it("tells success once every HSM is covered, and failure before", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"], begin: SLOT });
    expect(await heartbeatOf(world)).toEqual([false]);
    await world.passTime(HOUR);
    expect(await heartbeatOf(world)).toEqual([true]);
  });

  it.each([
    ["a setting is rejected", { settings: settingsOf({ problems: [{ setting: "BACKUP_HSM", problem: "no such" }] }) }],
    ["the ledger can't be read", { readBlob: () => Promise.reject(new Error("down")) }],
    ["an HSM is overdue", { now: () => new Date(Date.parse(SLOT) + 3 * DAY) }],
  ])("tells failure when %s", async (_what, changes) => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"], begin: SLOT });
    await world.passTime(HOUR);
    expect(await heartbeatOf(world, changes)).toEqual([false]);
  });

  it("fails no tick: its failure is logged, and backups go on", async () => {
    const world = makeProductWorld({ begin: SLOT });
    const sendHeartbeat = () => Promise.reject(new CallFailed(callFailure("noAnswer")));
    await world.passTime(HOUR, () => ({ ...world.ports, sendHeartbeat }));
    expect(world.eventsOf("backup.succeeded")).toHaveLength(1);
    expect(world.eventsOf("heartbeat.failed")[0]).toMatchObject({ level: "warning", remedy: expect.any(String) });
  });
});
