import { describe, expect, it } from "vitest";
import { CallFailed, failureOf } from "../../backup/call-failed.ts";
import { freshnessOf } from "../../backup/freshness.ts";
import { HOUR } from "../../backup/instant.ts";
import * as events from "../../backup/log-events.ts";
import {
  activeRun,
  CONTAINER,
  callFailure,
  cardOf,
  doubtOf,
  FOLDER_URL,
  failedRun,
  RUN_ID,
  runningRun,
  SAS,
  SIGNATURE,
  SLOT,
  STARTED,
  STORAGE,
  startingRun,
  succeededRun,
  summary,
} from "./samples.ts";

const JOB = "45aacd568ab049a2803861e8dd3ae21f";
const IDS = { hsm: "contoso", run: RUN_ID, slot: SLOT, trigger: "schedule" };
const failure = callFailure("denied");

const lasting = (seconds: number, bytes: number) =>
  summary({
    state: "Succeeded",
    startedAt: STARTED,
    endedAt: new Date(Date.parse(STARTED) + seconds * 1000).toISOString(),
    bytes,
    blobCount: 3,
  });
const card = cardOf({ runs: [lasting(100, 10), summary(), lasting(300, 30), lasting(200, 20)] });
const freshness = freshnessOf(
  cardOf({ newestSuccess: lasting(100, 10), active: activeRun() }),
  31 * HOUR,
  new Date(SLOT),
);

const EVENTS: readonly [name: string, event: events.LogEvent, fields: object][] = [
  ["backup.started", events.started(runningRun()), { ...IDS, jobId: JOB, container: CONTAINER }],
  [
    "backup.followed",
    events.followed(runningRun({ doubt: doubtOf("jobUnknown", STARTED, 1) }), null),
    { ...IDS, jobId: JOB, state: "InProgress", doubt: "jobUnknown", nextAt: runningRun().nextAt, level: "information" },
  ],
  [
    "backup.followed",
    events.followed(runningRun(), failure),
    { ...IDS, remedy: failure.remedy, message: expect.stringContaining("HTTP 403"), level: "warning" },
  ],
  [
    "backup.refused",
    events.refused(startingRun(), failure),
    { ...IDS, code: "Forbidden", status: 403, remedy: failure.remedy, nextAt: startingRun().nextAt },
  ],
  ["backup.refused", events.refused(failedRun(), failure), { ...IDS, state: "Failed", nextAt: null }],
  [
    "backup.succeeded",
    events.ended(succeededRun(), card),
    {
      ...IDS,
      state: "Succeeded",
      folderUrl: FOLDER_URL,
      blobCount: 12,
      bytes: 3_400_000,
      seconds: 240,
      level: "information",
    },
  ],
  [
    "backup.failed",
    events.ended(failedRun(), card),
    {
      ...IDS,
      state: "Failed",
      code: "InternalError",
      message: "The job failed.",
      remedy: "Try again.",
      level: "error",
    },
  ],
  [
    "backup.timedOut",
    events.ended(failedRun({ state: "TimedOut" }), card),
    { ...IDS, state: "TimedOut", level: "error" },
  ],
  [
    "backup.canceled",
    events.ended(failedRun({ state: "Canceled" }), card),
    { ...IDS, state: "Canceled", level: "error" },
  ],
  ["backup.missed", events.missed("contoso", SLOT), { hsm: "contoso", slot: SLOT, level: "error" }],
  [
    "backup.woken",
    events.woken("contoso", RUN_ID, 3, "nobody"),
    { hsm: "contoso", run: RUN_ID, seq: 3, why: "nobody" },
  ],
  ["backup.poisoned", events.poisoned("contoso", RUN_ID, null), { hsm: "contoso", run: RUN_ID, level: "error" }],
  [
    "backup.checked",
    events.checked("contoso", freshness, null),
    {
      hsm: "contoso",
      newestSuccess: STARTED,
      ageSeconds: -4,
      limitSeconds: 111_600,
      isOverdue: false,
      running: RUN_ID,
    },
  ],
  [
    "settings.rejected",
    events.settingRejected({ setting: "BACKUP_DEADLINE", problem: "expected PT6H" }),
    { setting: "BACKUP_DEADLINE", problem: "expected PT6H" },
  ],
];

describe("a log event", () => {
  it.each(EVENTS)("%s has the fields that alerts read", (name, event, fields) => {
    expect(event).toMatchObject({ event: name, ...fields });
  });

  it.each(EVENTS)("%s is one line of JSON that loses nothing", (_name, event) => {
    const line = JSON.stringify(event);
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual(event);
    expect(event.event).toMatch(/^[a-z]+\.[a-z]+([A-Z][a-z]+)?$/);
    expect(["information", "warning", "error"]).toContain(event.level);
  });
});

describe("an end", () => {
  it("carries what is usual for its HSM, from the successes that the card remembers", () => {
    expect(events.ended(succeededRun(), card)).toMatchObject({ usualSeconds: 200, usualBytes: 20 });
    expect(events.ended(failedRun(), card)).toMatchObject({ usualSeconds: 200, usualBytes: 20, seconds: 240 });
  });

  it("says so where nothing is usual yet", () => {
    expect(events.ended(succeededRun(), cardOf())).toMatchObject({ usualSeconds: null, usualBytes: null });
    expect(events.ended(succeededRun(), cardOf({ runs: [summary()] }))).toMatchObject({ usualBytes: null });
  });
});

describe("a check of an HSM", () => {
  it.each([
    [{ isOverdue: false }, null, "information"],
    [{ isOverdue: true }, null, "warning"],
    [{ isOverdue: false }, "its card can't be read", "warning"],
  ])("with %j and problem %s is of level %3$s", (changes, problem, level) => {
    expect(events.checked("contoso", { ...freshness, ...changes }, problem)).toMatchObject({
      level,
      problem,
      ...changes,
    });
  });
});

describe("a step that failed", () => {
  it("tells what was tried, why it failed, and what to do", () => {
    const event = events.stepFailed("write the record", { hsm: "contoso", run: RUN_ID }, new CallFailed(failure));
    expect(event).toMatchObject({
      event: "step.failed",
      level: "error",
      step: "write the record",
      hsm: "contoso",
      run: RUN_ID,
    });
    expect(event).toMatchObject({ reason: "denied", code: "Forbidden", remedy: failure.remedy });
  });
});

describe("no log event", () => {
  const surprise = new TypeError(`Invalid URL ${STORAGE}/c?${SAS}`);
  const outside = failureOf(surprise, "start a full backup", "contoso");

  it.each<[string, events.LogEvent]>([
    ["step.failed", events.stepFailed("mint a SAS", { hsm: "contoso" }, surprise)],
    ["backup.refused", events.refused(startingRun(), outside)],
    ["backup.followed", events.followed(runningRun(), outside)],
  ])("%s shows the secret that was in a surprise's words", (_name, event) => {
    expect(JSON.stringify(event)).toContain("Invalid URL");
    expect(JSON.stringify(event)).not.toContain(SIGNATURE);
  });

  it("of a run has anything that isn't for others to see: no key, no storage key, no trace of a token", () => {
    for (const [, event] of EVENTS) expect(JSON.stringify(event)).not.toMatch(/sig=|Bearer|AccountKey|"key"/);
  });
});
