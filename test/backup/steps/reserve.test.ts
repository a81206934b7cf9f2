import { describe, expect, it } from "vitest";
import { readState, stateName, writeState } from "../../../backup/ledger/ledger.ts";
import { CallFailed } from "../../../backup/model/call-failed.ts";
import { after, HOUR } from "../../../backup/model/instant.ts";
import type { Ports } from "../../../backup/ports.ts";
import { reserveRun, type StartRequest } from "../../../backup/steps/reserve.ts";
import { failureOfCall } from "../../contract/failed-call.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import {
  callFailure,
  failedRun,
  inProgressRun,
  SLOT,
  STARTED,
  startingRun,
  stateOf,
  success,
  summary,
} from "../samples.ts";
import { settingsOf } from "../some-settings.ts";

const HSM = { name: "contoso", url: "https://contoso.managedhsm.azure.net" };
const BY_SCHEDULE: StartRequest = { trigger: "schedule" };
const BY_HAND: StartRequest = { trigger: "manual", key: null };
const withKey = (key: string): StartRequest => ({ trigger: "manual", key });
const noAnswer = new CallFailed(callFailure("noAnswer"));

async function worldWith(state = stateOf(), changes: Partial<Ports> = {}) {
  const world = ledgerPorts({ writeManifest: async () => {}, ...changes });
  await writeState(world.ports, state, null);
  return { ...world, reserve: (request: StartRequest) => reserveRun(world.ports, HSM, request) };
}
const etagOf = ({ ledger }: ReturnType<typeof ledgerPorts>) => ledger.blobs.get(stateName("contoso"))?.etag;

describe("a run that is reserved", () => {
  it("by the schedule is for the slot that is due, and named for it", async () => {
    const { reserve, ports } = await worldWith();
    const reserved = await reserve(BY_SCHEDULE);
    expect(reserved).toMatchObject({
      outcome: "reserved",
      run: {
        id: "20261123T020000Z-1-00000001",
        state: "Starting",
        slot: SLOT,
        seq: 0,
        nextAt: SLOT,
        startedAt: SLOT,
        deadlineAt: after(SLOT, 6 * HOUR),
        hsmUrl: HSM.url,
        container: "mhsm-backup-contoso-2026-11-23",
        attempts: [],
        key: null,
      },
    });
    expect(await readState(ports, "contoso")).toMatchObject({ state: { active: Object(reserved).run } });
  });

  it("by hand has no slot, and the hash of its key", async () => {
    const { reserve } = await worldWith();
    expect(await reserve(withKey("hash"))).toMatchObject({
      run: { id: "20261123T020000Z-m-00000001", slot: null, trigger: "manual", key: "hash" },
    });
  });

  it("is not due where the slot has its success: nothing is written", async () => {
    const world = await worldWith(stateOf({ newestSuccess: success(SLOT) }));
    const before = etagOf(world);
    expect(await world.reserve(BY_SCHEDULE)).toEqual({ outcome: "notDue" });
    expect(etagOf(world)).toBe(before);
  });
});

describe("a start that finds another run", () => {
  it.each([BY_SCHEDULE, BY_HAND])("is refused without a trace: %j", async (request) => {
    const world = await worldWith(stateOf({ active: inProgressRun() }));
    const before = JSON.stringify([...world.ledger.blobs]);
    expect(await world.reserve(request)).toEqual({ outcome: "busy", run: inProgressRun().id });
    expect(JSON.stringify([...world.ledger.blobs])).toBe(before);
  });

  it("that has ended and isn't released publishes it first, and is reserved", async () => {
    const { reserve, ports, logged } = await worldWith(stateOf({ active: failedRun() }));
    expect((await reserve(BY_HAND)).outcome).toBe("reserved");
    expect(logged).toMatchObject([{ event: "backup.failed" }]);
    expect(await readState(ports, "contoso")).toMatchObject({ state: { runs: [{ id: failedRun().id }] } });
  });
});

describe("a start whose write has no known answer", () => {
  it.each([
    ["before it took effect", false],
    ["after it took effect", true],
  ])("is judged by reading again: lost %s it is reserved, once", async (_when, tookEffect) => {
    const world = await worldWith();
    let isFirst = true;
    const writeBlob: Ports["writeBlob"] = async (blob) => {
      if (!isFirst) return world.ports.writeBlob(blob);
      isFirst = false;
      if (tookEffect) await world.ports.writeBlob(blob);
      throw noAnswer;
    };
    const reserved = await reserveRun({ ...world.ports, writeBlob }, HSM, BY_HAND);
    expect(await readState(world.ports, "contoso")).toMatchObject({
      state: { active: { id: Object(reserved).run?.id } },
    });
  });

  it("is known from the summary where the run has even ended since", async () => {
    const world = await worldWith();
    const writeBlob: Ports["writeBlob"] = async (blob) => {
      const { active } = JSON.parse(String(blob.body));
      world.ledger.put(blob.name, JSON.stringify(stateOf({ runs: [summary({ id: active.id })] })));
      throw noAnswer;
    };
    expect((await reserveRun({ ...world.ports, writeBlob }, HSM, BY_HAND)).outcome).toBe("reserved");
  });

  it("throws where it can't be known", async () => {
    const { ports } = await worldWith();
    let isDown = false;
    const readBlob: Ports["readBlob"] = (name) => (isDown ? Promise.reject(noAnswer) : ports.readBlob(name));
    const writeBlob: Ports["writeBlob"] = () => {
      isDown = true;
      return Promise.reject(noAnswer);
    };
    expect(await failureOfCall(reserveRun({ ...ports, readBlob, writeBlob }, HSM, BY_HAND))).toMatchObject({
      reason: "noAnswer",
    });
  });
});

describe("starts that race", () => {
  it("with another change of the state are tried again", async () => {
    const world = await worldWith();
    let races = 0;
    const writeBlob: Ports["writeBlob"] = (blob) => {
      if (races++ < 3) world.ledger.touch(blob.name);
      return world.ports.writeBlob(blob);
    };
    expect((await reserveRun({ ...world.ports, writeBlob }, HSM, BY_HAND)).outcome).toBe("reserved");
  });

  it("with changes at every turn give up after ten, and leave nothing", async () => {
    const world = await worldWith();
    const writeBlob: Ports["writeBlob"] = (blob) => {
      world.ledger.touch(blob.name);
      return world.ports.writeBlob(blob);
    };
    expect(await failureOfCall(reserveRun({ ...world.ports, writeBlob }, HSM, BY_HAND))).toMatchObject({
      code: "tooManyRaces",
    });
    expect(await readState(world.ports, "contoso")).toMatchObject({ state: { active: null } });
  });
});

describe("an Idempotency-Key", () => {
  it("sent twenty times at once gives one run, and its id to all", async () => {
    const { reserve } = await worldWith();
    const all = await Promise.all(Array.from({ length: 20 }, () => reserve(withKey("hash"))));
    expect(all.filter(({ outcome }) => outcome === "reserved")).toHaveLength(1);
    const ids = all.map((each) => ("run" in each ? (typeof each.run === "string" ? each.run : each.run.id) : ""));
    expect(new Set(ids).size).toBe(1);
    expect(all.every(({ outcome }) => outcome === "reserved" || outcome === "repeated")).toBe(true);
  });

  const ended = summary({ key: "hash", startedAt: STARTED, state: "Succeeded" });
  it.each([
    ["finds its run that is active", stateOf({ active: startingRun({ key: "hash" }) }), "hash", "repeated"],
    ["finds its run that has ended", stateOf({ runs: [ended] }), "hash", "repeated"],
    ["of another start finds the active run busy", stateOf({ active: startingRun({ key: "hash" }) }), "other", "busy"],
    ["of another start finds no run that has ended", stateOf({ runs: [ended] }), "other", "reserved"],
  ])("%s", async (_what, state, key, outcome) => {
    const { reserve } = await worldWith(state);
    expect((await reserve(withKey(key))).outcome).toBe(outcome);
  });

  it.each([
    [6 * HOUR - 1, "repeated"],
    [6 * HOUR, "reserved"],
    [-2 * HOUR, "reserved"],
  ])("of a run that was started %d ms ago: %s, as it counts until the deadline", async (ago, outcome) => {
    const state = stateOf({ runs: [summary({ key: "hash", startedAt: after(SLOT, -ago) })] });
    const { reserve } = await worldWith(state, { settings: settingsOf() });
    expect((await reserve(withKey("hash"))).outcome).toBe(outcome);
  });

  it("is not needed: starts without one are never repeated", async () => {
    const { reserve } = await worldWith(stateOf({ runs: [summary({ trigger: "manual", slot: null })] }));
    expect((await reserve(BY_HAND)).outcome).toBe("reserved");
  });
});
