import { describe, expect, it } from "vitest";
import { HOUR, MINUTE, after as momentAfter, SECOND } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import type { JobReport } from "../../backup/job-report.ts";
import type { RunningRun } from "../../backup/run.ts";
import type { Clock, Next, Verify } from "../../backup/settle.ts";
import { afterListing, afterLook } from "../../backup/settle-look.ts";
import { ended, stillRunning, unsuccessful } from "./next.ts";
import { CONTAINER, DEADLINE, FOLDER, FOLDER_URL, runningRun, SAS, SIGNATURE, STARTED, STORAGE } from "./samples.ts";

const clockAt = (ms: number): Clock => ({ now: new Date(momentAfter(STARTED, ms)), intervals: INTERVALS });
const AT_DEADLINE: Clock = { now: new Date(DEADLINE), intervals: INTERVALS };
const run = runningRun({ followUps: 0 });

const succeeded = (folderUrl: string | null): JobReport => ({ status: "Succeeded", folderUrl });
const look = (from: RunningRun, report: JobReport, clock: Clock) => afterLook(from, { value: report }, clock);
const list = (from: RunningRun, blobCount: number, clock: Clock) =>
  afterListing(from, FOLDER_URL, { value: { blobCount, bytes: blobCount * 1000 } }, clock);

describe("a job that has succeeded", () => {
  it("is no success before its folder was listed", () => {
    expect(look(run, succeeded(`${FOLDER_URL}/?${SAS}`), clockAt(0))).toEqual({
      kind: "verify",
      folder: FOLDER,
      folderUrl: FOLDER_URL,
    });
  });

  it("is Succeeded when blobs were counted in its folder", () => {
    expect(ended(list(run, 12, clockAt(MINUTE)))).toMatchObject({
      state: "Succeeded",
      jobId: run.jobId,
      folderUrl: FOLDER_URL,
      blobCount: 12,
      bytes: 12_000,
      followUps: 1,
      endedAt: momentAfter(STARTED, MINUTE),
    });
  });

  it("is Succeeded even at a last look after the deadline", () => {
    expect(look(run, succeeded(FOLDER_URL), AT_DEADLINE).kind).toBe("verify");
    expect(ended(list(run, 1, clockAt(7 * HOUR))).state).toBe("Succeeded");
  });

  it.each([
    ["another account", `https://other.blob.core.windows.net/${CONTAINER}/${FOLDER}`],
    ["another day's container", `${STORAGE}/mhsm-backup-contoso-2026-11-22/${FOLDER}`],
    ["a container whose name begins alike", `${STORAGE}/${CONTAINER}x/${FOLDER}`],
    ["no place at all", "here"],
  ])("is Failed at once, foreignFolder, where its folder is in %s", (_what, folderUrl) => {
    const end = unsuccessful(look(run, succeeded(folderUrl), clockAt(0)));
    expect(end).toMatchObject({ state: "Failed", error: { code: "foreignFolder" } });
  });

  const steps: readonly [string, (from: RunningRun, clock: Clock) => Next | Verify][] = [
    ["names no folder", (from, clock) => look(from, succeeded(null), clock)],
    ["names the container alone", (from, clock) => look(from, succeeded(`${STORAGE}/${CONTAINER}/`), clock)],
    ["has an empty folder", (from, clock) => list(from, 0, clock)],
    [
      "has blobs with nothing in them",
      (from, clock) => afterListing(from, FOLDER_URL, { value: { blobCount: 3, bytes: 0 } }, clock),
    ],
  ];

  it.each(steps)("and %s gets two more looks, then is Failed, nothingWritten", (_what, step) => {
    const first = stillRunning(step(run, clockAt(0)));
    expect(Date.parse(first.nextAt)).toBeGreaterThanOrEqual(Date.parse(STARTED) + INTERVALS.lookShortest);
    const second = stillRunning(step(first, clockAt(10 * SECOND)));
    expect(second.doubt).toMatchObject({ since: STARTED, looks: 2 });
    expect(unsuccessful(step(second, clockAt(20 * SECOND)))).toMatchObject({
      state: "Failed",
      error: { code: "nothingWritten" },
      followUps: 3,
    });
  });

  it("may find its blobs at the last of these looks", () => {
    const first = stillRunning(look(run, succeeded(null), clockAt(0)));
    const second = stillRunning(list(first, 0, clockAt(10 * SECOND)));
    expect(second.doubt?.looks).toBe(2);
    expect(ended(list(second, 3, clockAt(20 * SECOND))).state).toBe("Succeeded");
  });

  it("is looked at by the deadline at the latest, where its folder is empty, and TimedOut then", () => {
    const late = stillRunning(list(run, 0, clockAt(6 * HOUR - SECOND)));
    expect(late.nextAt).toBe(DEADLINE);
    expect(unsuccessful(list(late, 0, AT_DEADLINE)).state).toBe("TimedOut");
  });
});

describe("a folder URL that carries a SAS", () => {
  const folderUrl = `${FOLDER_URL}?${SAS}`;
  const error = { code: "InternalError", message: "Slow.", inner: [] };
  const still: JobReport = { status: "running", word: "InProgress", folderUrl, retryAfter: null };

  it.each<[string, JobReport, Clock]>([
    ["runs", still, clockAt(0)],
    ["runs at its deadline", still, AT_DEADLINE],
    ["has failed", { status: "Failed", folderUrl, error }, clockAt(0)],
    ["was canceled", { status: "Canceled", folderUrl, error }, clockAt(0)],
    ["wrote elsewhere", succeeded(`https://other.blob.core.windows.net/c/f?${SAS}`), clockAt(0)],
    ["wrote nothing", succeeded(`${STORAGE}/${CONTAINER}?${SAS}`), clockAt(0)],
  ])("leaves no secret in the record of a job that %s", (_what, report, clock) => {
    const next = look(run, report, clock);
    expect(next.kind).not.toBe("verify");
    expect(JSON.stringify(next)).not.toContain(SIGNATURE);
  });
});
