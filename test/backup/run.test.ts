import { describe, expect, it } from "vitest";
import { endSucceeded, endUnsuccessful, isEnded, RUN_STATES } from "../../backup/run.ts";
import { doubtOf, FOLDER_URL, failedRun, runningRun, STARTED, startingRun, succeededRun } from "./samples.ts";

const ERROR = { code: "jobLost", message: "Gone.", inner: [], remedy: "Wait." };
const END = "2026-11-23T02:30:00.000Z";

describe("a run", () => {
  it("is in one of the six states", () => {
    expect(RUN_STATES.toSorted()).toEqual(["Canceled", "Failed", "InProgress", "Starting", "Succeeded", "TimedOut"]);
  });

  it.each([
    [startingRun(), false],
    [runningRun(), false],
    [succeededRun(), true],
    [failedRun(), true],
    [failedRun({ state: "Canceled" }), true],
    [failedRun({ state: "TimedOut" }), true],
  ])("that is $state has ended: %s", (run, expected) => {
    expect(isEnded(run)).toBe(expected);
  });

  it.each(["Failed", "Canceled", "TimedOut"] as const)("that ends as %s keeps what is known of its job", (state) => {
    const run = endUnsuccessful(runningRun({ folderUrl: FOLDER_URL }), state, ERROR, END);
    expect(run).toMatchObject({ state, error: ERROR, endedAt: END, folderUrl: FOLDER_URL, startedAt: STARTED, seq: 3 });
    expect(run.jobId).toBe(runningRun().jobId);
  });

  it("that ends without a job has none", () => {
    expect(endUnsuccessful(startingRun(), "Failed", ERROR, END)).toMatchObject({ jobId: null, folderUrl: null });
  });

  it("that has ended waits for nothing and doubts nothing", () => {
    const doubted = runningRun({ doubt: doubtOf("jobUnknown", STARTED, 2) });
    const found = { folderUrl: FOLDER_URL, blobCount: 3, bytes: 9 };
    for (const run of [endUnsuccessful(doubted, "Failed", ERROR, END), endSucceeded(doubted, found, END)]) {
      expect(Object.keys(run)).not.toContain("nextAt");
      expect(Object.keys(run)).not.toContain("doubt");
    }
  });

  it("that has succeeded has what was listed and counted", () => {
    const found = { folderUrl: FOLDER_URL, blobCount: 3, bytes: 9 };
    const run = endSucceeded(runningRun(), found, END);
    expect(run).toMatchObject({ ...found, state: "Succeeded", endedAt: END, jobId: runningRun().jobId });
    expect(Object.keys(run)).not.toContain("error");
  });
});
