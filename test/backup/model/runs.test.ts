import { describe, expect, it } from "vitest";
import { endSucceeded, endUnsuccessful, isEnded, RUN_STATES, toRecord } from "../../../backup/model/run.ts";
import {
  doubtOf,
  FOLDER_URL,
  failedRun,
  inProgressRun,
  JOB_ID,
  recordOf,
  STARTED,
  startingRun,
  succeededRun,
} from "../samples.ts";

const ERROR = { code: "jobLost", message: "Gone.", inner: [], remedy: "Wait." };
const END = "2026-11-23T02:30:00.000Z";
const NOW = new Date(END);
const FOUND = { folderUrl: FOLDER_URL, blobCount: 3, bytes: 9 };
/** The record's fields as the contract lists them. */
const FIELDS =
  "schemaVersion id hsm slot trigger state deadlineAt storageUrl container folderUrl jobId attempts startedAt endedAt looks blobCount bytes error";
const RUNS = [
  startingRun(),
  inProgressRun(),
  succeededRun(),
  failedRun(),
  failedRun({ state: "Canceled" }),
  failedRun({ state: "TimedOut" }),
];

describe("a run", () => {
  it("is in one of six states", () => {
    expect(RUN_STATES.toSorted()).toEqual(["Canceled", "Failed", "InProgress", "Starting", "Succeeded", "TimedOut"]);
    expect(RUNS.map(isEnded)).toEqual([false, false, true, true, true, true]);
  });

  it.each(["Failed", "Canceled", "TimedOut"] as const)("that ends as %s keeps what is known of its job", (state) => {
    const run = endUnsuccessful(inProgressRun({ folderUrl: FOLDER_URL }), state, ERROR, NOW);
    expect(run).toMatchObject({
      state,
      error: ERROR,
      endedAt: END,
      folderUrl: FOLDER_URL,
      startedAt: STARTED,
      jobId: JOB_ID,
    });
  });

  it("that ends without a job has none", () => {
    expect(endUnsuccessful(startingRun(), "Failed", ERROR, NOW)).toMatchObject({ jobId: null, folderUrl: null });
  });

  it("that has ended is published at once, and doubts nothing", () => {
    const doubted = inProgressRun({ doubt: doubtOf("notFound", STARTED, 2) });
    for (const run of [endUnsuccessful(doubted, "Failed", ERROR, NOW), endSucceeded(doubted, FOUND, NOW)]) {
      expect(run).toMatchObject({ endedAt: END, nextAt: END });
      expect(Object.keys(run)).not.toContain("doubt");
    }
  });

  it("that succeeded has what was listed and counted, and no error", () => {
    const run = endSucceeded(inProgressRun(), FOUND, NOW);
    expect(run).toMatchObject({ ...FOUND, state: "Succeeded", jobId: JOB_ID });
    expect(Object.keys(run)).not.toContain("error");
  });
});

describe("a record", () => {
  it.each(RUNS)("of a run that is $state has every field of the contract and no other", (run) => {
    expect(Object.keys(toRecord(run)).toSorted()).toEqual(FIELDS.split(" ").toSorted());
    expect(Object.values(toRecord(run))).not.toContain(undefined);
  });

  it("has null where its state has no such field", () => {
    const nothing = { jobId: null, folderUrl: null, endedAt: null, blobCount: null, bytes: null, error: null };
    expect(toRecord(startingRun())).toMatchObject(nothing);
    expect(toRecord(inProgressRun())).toMatchObject({ jobId: JOB_ID, endedAt: null, error: null });
    expect(toRecord(failedRun())).toMatchObject({ blobCount: null, bytes: null, error: failedRun().error });
    expect(toRecord(succeededRun())).toEqual(recordOf());
  });
});
