import { describe, expect, it } from "vitest";
import { unknownStanding } from "../../../backup/decide/overdue.ts";
import { CallFailed, failureOf } from "../../../backup/model/call-failed.ts";
import * as events from "../../../backup/model/events.ts";
import {
  CONTAINER,
  callFailure,
  doubtOf,
  FOLDER_URL,
  failedRun,
  inProgressRun,
  JOB_ID,
  RUN_ID,
  recordOf,
  SAS,
  SIGNATURE,
  SLOT,
  STARTED,
  STORAGE,
  startingRun,
  stateOf,
  success,
  summary,
} from "../samples.ts";

const IDS = { hsm: "contoso", run: RUN_ID, slot: SLOT, trigger: "schedule" };
const failure = callFailure("denied");
const { error } = failedRun();
const ended = (state: "Failed" | "Canceled" | "TimedOut") => recordOf({ state, error, blobCount: null, bytes: null });
const known = stateOf({
  successSeconds: [100, 300, 200],
  runs: [success(SLOT, { bytes: 10 }), summary(), success(SLOT, { bytes: 30 }), success(SLOT, { bytes: 20 })],
});
const standing = { ...unknownStanding("contoso", "x"), problem: null, isOverdue: false };

const EVENTS: readonly [name: string, event: events.LogEvent, level: string, fields: object][] = [
  [
    "backup.started",
    events.started(inProgressRun()),
    "information",
    { ...IDS, jobId: JOB_ID, container: CONTAINER, attempts: 1 },
  ],
  [
    "backup.followed",
    events.followed(inProgressRun({ doubt: doubtOf("notFound", STARTED, 1) }), null),
    "information",
    { ...IDS, jobId: JOB_ID, doubt: "notFound", looks: 4, nextAt: inProgressRun().nextAt },
  ],
  [
    "backup.followed",
    events.followed(inProgressRun(), failure),
    "warning",
    { ...IDS, remedy: failure.remedy, message: expect.stringContaining("HTTP 403") },
  ],
  [
    "backup.refused",
    events.refused(startingRun(), failure),
    "warning",
    { ...IDS, code: "Forbidden", status: 403, remedy: failure.remedy, nextAt: startingRun().nextAt },
  ],
  [
    "backup.succeeded",
    events.ended(recordOf(), known),
    "information",
    {
      ...IDS,
      state: "Succeeded",
      folderUrl: FOLDER_URL,
      blobCount: 12,
      bytes: 3_400_000,
      seconds: 240,
      usualSeconds: 200,
      usualBytes: 20,
    },
  ],
  [
    "backup.failed",
    events.ended(ended("Failed"), known),
    "error",
    { ...IDS, code: "InternalError", message: "The job failed.", remedy: "Try again.", usualSeconds: 200 },
  ],
  ["backup.timedOut", events.ended(ended("TimedOut"), known), "error", { ...IDS, state: "TimedOut" }],
  ["backup.canceled", events.ended(ended("Canceled"), known), "error", { ...IDS, state: "Canceled" }],
  ["backup.resumed", events.resumed(inProgressRun()), "warning", { ...IDS, seq: 3 }],
  [
    "backup.checked",
    events.checked(standing, "1.2.3"),
    "information",
    { hsm: "contoso", version: "1.2.3", isOverdue: false },
  ],
  ["backup.checked", events.checked({ ...standing, isOverdue: true }, "1"), "warning", { isOverdue: true }],
  ["backup.checked", events.checked({ ...standing, problem: "damaged" }, "1"), "warning", { problem: "damaged" }],
  [
    "message.poisoned",
    events.poisoned({ hsm: "contoso", run: RUN_ID, seq: 3 }, null),
    "error",
    { hsm: "contoso", run: RUN_ID, seq: 3 },
  ],
  [
    "message.dropped",
    events.dropped("information", "it is old", { hsm: "contoso", run: RUN_ID }),
    "information",
    { why: "it is old", run: RUN_ID },
  ],
  [
    "ledger.repaired",
    events.repaired("hsms/contoso.json", "it was gone", null),
    "error",
    { blob: "hsms/contoso.json", keptAs: null },
  ],
  [
    "ledger.foreign",
    events.foreignLedger("b", "a", "Set BACKUP_LEDGER."),
    "error",
    { app: "b", owner: "a", remedy: "Set BACKUP_LEDGER." },
  ],
  [
    "settings.rejected",
    events.settingRejected({ setting: "BACKUP_DEADLINE", problem: "expected PT6H" }),
    "error",
    { setting: "BACKUP_DEADLINE", problem: "expected PT6H" },
  ],
];

describe("a log event", () => {
  it.each(EVENTS)("%s has the level and the fields that alerts read", (name, event, level, fields) => {
    expect(event).toMatchObject({ event: name, level, ...fields });
  });

  it.each(EVENTS)("%s is one line of JSON that loses nothing", (_name, event) => {
    const line = JSON.stringify(event);
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual(event);
    expect(event.event).toMatch(/^[a-z]+\.[a-z]+([A-Z][a-z]+)?$/);
  });

  it("of a run shows no key, no SAS and no token", () => {
    for (const [, event] of EVENTS) expect(JSON.stringify(event)).not.toMatch(/sig=|Bearer|AccountKey|"key"/);
  });
});

describe("an end without a known success before it", () => {
  it("has nothing usual beside it", () => {
    expect(events.ended(recordOf(), stateOf({ runs: [summary()] }))).toMatchObject({
      usualSeconds: null,
      usualBytes: null,
    });
  });
});

describe("a step that failed", () => {
  it("says what was tried, why it failed and what to do", () => {
    const event = events.stepFailed("write the record", { hsm: "contoso", run: RUN_ID }, new CallFailed(failure));
    expect(event).toMatchObject({
      event: "step.failed",
      level: "error",
      step: "write the record",
      hsm: "contoso",
      run: RUN_ID,
    });
    expect(event).toMatchObject({ reason: "denied", code: "Forbidden", remedy: failure.remedy });
    expect(event).not.toHaveProperty("stack");
  });

  it("shows at most five causes of causes", () => {
    let cause: Error | undefined;
    for (let n = 0; n < 9; n++) cause = new Error(`cause ${n}`, { cause });
    expect(events.stepFailed("step", {}, cause).causes).toHaveLength(5);
  });
});

describe("no log event", () => {
  const surprise = new TypeError(`Invalid URL ${STORAGE}/c?${SAS}`, { cause: { code: "X", body: SAS } });
  const outside = failureOf(surprise, "start a full backup", "contoso");

  it.each<[string, events.LogEvent]>([
    ["step.failed", events.stepFailed("mint a SAS", { hsm: "contoso" }, surprise)],
    ["backup.refused", events.refused(startingRun(), outside)],
    ["backup.followed", events.followed(inProgressRun(), outside)],
  ])("%s shows the secret that was in the message of an unexpected error", (_name, event) => {
    expect(JSON.stringify(event)).toContain("Invalid URL");
    expect(JSON.stringify(event)).not.toContain(SIGNATURE);
  });
});
