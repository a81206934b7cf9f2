import { describe, expect, test } from "vitest";
import { standingOf } from "../../backup/decide/overdue.ts";
import { stateName } from "../../backup/ledger/ledger.ts";
import { CallFailed } from "../../backup/model/call-failed.ts";
import * as events from "../../backup/model/events.ts";
import { INTERVALS } from "../../backup/model/intervals.ts";
import type { Ports } from "../../backup/ports.ts";
import { DEFAULTS, followQueueOf, poisonQueueOf } from "../../backup/settings/read-settings.ts";
import { checkHealth } from "../../backup/steps/overview.ts";
import { callFailure, failedRun, inProgressRun, RUN_ID, recordOf, startingRun, stateOf } from "../backup/samples.ts";
import { settingsOf } from "../backup/some-settings.ts";
import { tick } from "../steps/pass-time.ts";
import { makeProductWorld } from "../steps/product-world.ts";
import { HOUR, MINUTE } from "./durations.ts";
import { EVENTS, QUEUE_SUFFIXES, SETTINGS } from "./product-contract.ts";

const failure = callFailure("denied");
const about = { hsm: "contoso", run: RUN_ID, seq: 3 };
const { error } = failedRun();
const unsuccessful = (["Failed", "Canceled", "TimedOut"] as const).map((state) => recordOf({ state, error }));
const standing = standingOf(stateOf(), settingsOf(), new Date("2026-11-23T12:00:00Z"), INTERVALS);

/** Every event that the product can log, with all its fields; an event that is new there has to be added here. */
const LOGGED: Readonly<Record<keyof typeof events, readonly events.LogEvent[]>> = {
  started: [events.started(inProgressRun())],
  refused: [events.refused(startingRun(), failure)],
  followed: [events.followed(inProgressRun(), failure)],
  ended: [recordOf(), ...unsuccessful].map((record) => events.ended(record, stateOf())),
  resumed: [events.resumed(inProgressRun())],
  checked: [events.checked(standing, "1.2.3")],
  poisoned: [events.poisoned(about, "message: expected an object")],
  dropped: [events.dropped("information", "it is old", about)],
  repaired: [events.repaired("hsms/contoso.json", "it was gone", null)],
  foreignLedger: [events.foreignLedger("backup-2", "backup", "Set BACKUP_LEDGER.")],
  settingRejected: [events.settingRejected({ setting: "BACKUP_DEADLINE", problem: "expected PT6H" })],
  heartbeatFailed: [events.heartbeatFailed(new CallFailed(failure))],
  stepFailed: [events.stepFailed("send a message", about, new CallFailed(failure))],
};
/** As the line in the log has it: what is undefined isn't there. */
const lines = Object.values(LOGGED)
  .flat()
  .map((event): events.LogEvent => JSON.parse(JSON.stringify(event)));

describe("the contract that infra relies on", () => {
  test("has the events of the product, each one and no other", () => {
    expect(lines.map(({ event }) => event).toSorted()).toEqual(Object.keys(EVENTS).toSorted());
  });

  test.each(Object.entries(EVENTS))("has only fields of %s that the product logs", (name, fields) => {
    const line = lines.find(({ event }) => event === name) ?? {};
    expect(fields.filter((field) => !Object.hasOwn(line, field))).toEqual([]);
  });

  test("has the product's settings with their defaults", () => {
    expect(SETTINGS).toEqual(DEFAULTS);
  });

  test("has the names of the product's queues", () => {
    const queues = [followQueueOf, poisonQueueOf].map((queueOf) => queueOf("backup-runs"));
    expect(QUEUE_SUFFIXES.map((suffix) => `backup-runs${suffix}`)).toEqual(queues);
  });
});

describe("an app whose ledger belongs to another app", () => {
  test("logs so at every tick, and reports each of its HSMs as overdue", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    world.blobs.put("app.json", JSON.stringify({ schemaVersion: 1, owner: "backup" }));
    for (let ticks = 1; ticks <= 3; ticks++) {
      world.events.length = 0;
      await tick(world.ports);
      expect(world.events).toMatchObject([
        { event: "ledger.foreign", app: world.ports.settings.app, owner: "backup" },
        { event: "backup.checked", hsm: "contoso", isOverdue: true },
        { event: "backup.checked", hsm: "fabrikam", isOverdue: true },
      ]);
      world.setTime(world.now().getTime() + 5 * MINUTE);
    }
  });
});

describe("an HSM that is no longer configured", () => {
  test("is on health's list until its state is deleted, and its records stay", async () => {
    const world = makeProductWorld({ hsms: ["contoso", "fabrikam"] });
    await world.passTime(HOUR);
    const { settings } = world.ports;
    const ports: Ports = {
      ...world.ports,
      settings: { ...settings, hsms: settings.hsms.filter(({ name }) => name === "contoso") },
    };
    const listed = async (): Promise<readonly string[]> => (await checkHealth(ports)).hsms.map(({ hsm }) => hsm);
    await world.passTime(HOUR, () => ports);
    expect(await listed()).toEqual(["contoso", "fabrikam"]);
    world.blobs.deleteBlob(stateName("fabrikam"));
    await world.passTime(HOUR, () => ports);
    expect(await listed()).toEqual(["contoso"]);
    expect(await world.historyOf("fabrikam")).toMatchObject([{ state: "Succeeded" }]);
  });
});
