import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../backup/model/instant.ts";
import type { Ports } from "../../backup/ports.ts";
import { callFailure } from "../backup/samples.ts";
import { unreachable } from "./faults.ts";
import { tick } from "./pass-time.ts";
import { makeProductWorld, SLOT } from "./product-world.ts";

describe("the product, when an HSM, the queue or the storage fails", () => {
  test("a slot whose tries all fail is tried again after 15 min, 1 h, 2 h, then every 4 h, until the next slot", async () => {
    const world = makeProductWorld();
    for (let tries = 0; tries < 20; tries++) world.hsm.at("contoso").refuseNext("start", callFailure("rejected"));
    await world.passTime(DAY);
    const failed = (await world.historyOf("contoso")).filter(({ slot }) => slot === SLOT);
    expect(failed.map(({ startedAt }) => startedAt.slice(11, 16)).toReversed()).toEqual([
      "02:00",
      "02:15",
      "03:15",
      "05:15",
      "09:15",
      "13:15",
      "17:15",
      "21:15",
      "01:15",
    ]);
  });

  test("an HSM that is busy with another tool's job is tried again until that has ended", async () => {
    const world = makeProductWorld();
    world.hsm.at("contoso").beBusy(2 * HOUR);
    await world.passTime(3 * HOUR);
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded", slot: SLOT }]);
    expect(world.eventsOf("backup.refused").every(({ reason }) => reason === "busy")).toBe(true);
  });

  test("an HSM that never ends its job: the run is TimedOut at its deadline", async () => {
    const world = makeProductWorld({ jobTime: 20 * DAY });
    await world.passTime(6 * HOUR + 5 * MINUTE);
    expect((await world.historyOf("contoso")).at(-1)).toMatchObject({
      state: "TimedOut",
      error: { code: "deadline" },
      endedAt: expect.stringMatching(/^2026-11-23T08:00/),
    });
  });

  test.each([
    ["an empty folder", { folder: "empty" }, "nothingWritten"],
    ["no folder", { folder: "unnamed" }, "nothingWritten"],
    ["a folder elsewhere", { folder: { url: "https://elsewhere.blob.core.windows.net/c/f" } }, "foreignFolder"],
    ["a job that it forgets", { isLost: true }, "jobLost"],
  ] as const)(
    "an HSM that answers with %s is never called a success, and the slot is tried again",
    async (_what, plan, code) => {
      const world = makeProductWorld();
      world.hsm.at("contoso").planNextJob(plan);
      await world.passTime(HOUR);
      const records = await world.historyOf("contoso");
      expect(records.map(({ state, error }) => [state, error?.code])).toEqual([
        ["Succeeded", undefined],
        ["Failed", code],
      ]);
    },
  );

  test("while the queue is down the timer starts and follows every backup", async () => {
    const world = makeProductWorld();
    await world.passTime(HOUR, () => ({ ...world.ports, sendMessage: unreachable }));
    expect(await world.historyOf("contoso")).toMatchObject([{ state: "Succeeded" }]);
    expect(world.hsm.at("contoso").jobs()).toHaveLength(1);
    expect(world.eventsOf("backup.resumed").length).toBeGreaterThan(0);
  });

  test("a container that was deleted with its backup, or rejects the manifest, delays no release", async () => {
    const world = makeProductWorld();
    await world.passTime(HOUR, () => ({ ...world.ports, writeManifest: unreachable }));
    expect(await world.stateOf("contoso")).toMatchObject({ active: null, newestSuccess: { slot: SLOT } });
    expect(world.eventsOf("step.failed")).toMatchObject([{ step: "write the manifest", hsm: "contoso" }]);
  });

  test("a hanging HSM delays no other", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam", "adatum"], begin: SLOT });
    const started = new Set<string>();
    const bothOthers = Promise.withResolvers<void>();
    const startFullBackup: Ports["startFullBackup"] = async (hsm, target) => {
      if (hsm.name === "contoso") {
        await bothOthers.promise;
        return unreachable();
      }
      started.add(hsm.name);
      if (started.size === 2) bothOthers.resolve();
      return world.ports.startFullBackup(hsm, target);
    };
    await tick({ ...world.ports, startFullBackup });
    expect((await world.stateOf("fabrikam")).active?.state).toBe("InProgress");
    expect((await world.stateOf("contoso")).active?.state).toBe("Starting");
  });

  test("a tick that runs out of time sends a message for each step that it has no time for", async () => {
    const hsms = Array.from({ length: 40 }, (_, n) => `hsm${n}`);
    const world = makeProductWorld({ hsms, begin: SLOT });
    let late = 0;
    const startFullBackup: Ports["startFullBackup"] = (...args) => {
      late += MINUTE;
      return world.ports.startFullBackup(...args);
    };
    await tick({ ...world.ports, startFullBackup, now: () => new Date(world.now().getTime() + late) });
    expect(world.eventsOf("backup.checked")).toHaveLength(hsms.length);
    const states = await Promise.all(hsms.map(async (name) => (await world.stateOf(name)).active?.state));
    expect(new Set(states)).toEqual(new Set(["Starting", "InProgress"]));
    await world.passTime(HOUR);
    const ends = await Promise.all(hsms.map((name) => world.historyOf(name)));
    expect(ends.map((records) => records.map(({ state }) => state))).toEqual(hsms.map(() => ["Succeeded"]));
  });
});
