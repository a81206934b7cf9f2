import { describe, expect, it } from "vitest";
import { afterListing, afterLook } from "../../../backup/decide/after-look.ts";
import type { FailureReason } from "../../../backup/model/call-failed.ts";
import { after, HOUR, MINUTE, SECOND } from "../../../backup/model/instant.ts";
import type { JobReport } from "../../../backup/model/job-report.ts";
import {
  CONTAINER,
  callFailure,
  DEADLINE,
  doubtOf,
  FOLDER,
  FOLDER_URL,
  inProgressRun,
  JOB_ID,
  STARTED,
  STORAGE,
} from "../samples.ts";
import { at, running } from "./clock.ts";

const report = (value: JobReport, ms: number, run = inProgressRun()) => afterLook(run, { value }, at(ms));
const fail = (reason: FailureReason, status: number | null, ms: number, run = inProgressRun()) =>
  afterLook(run, { failure: callFailure(reason, { status }) }, at(ms));
const isRunning = (retryAfter: number | null = null): JobReport => ({
  status: "running",
  folderUrl: null,
  retryAfter,
});

describe("a job that runs", () => {
  it("is looked at again, and the look is counted", () => {
    expect(report(isRunning(), 0)).toMatchObject({ state: "InProgress", looks: 5, doubt: null });
  });

  it("keeps the folder that the HSM named last", () => {
    const named = running(report({ ...isRunning(), folderUrl: FOLDER_URL }, 0));
    expect(running(report(isRunning(), MINUTE, named)).folderUrl).toBe(FOLDER_URL);
  });

  it("is looked at no later than in an hour, and a last time at the deadline", () => {
    expect(running(report(isRunning(24 * HOUR), 0)).nextAt).toBe(after(STARTED, 55 * MINUTE));
    expect(running(report(isRunning(HOUR), 6 * HOUR - SECOND)).nextAt).toBe(DEADLINE);
  });

  it("at the deadline is TimedOut", () => {
    expect(report(isRunning(), 6 * HOUR)).toMatchObject({
      state: "TimedOut",
      jobId: JOB_ID,
      error: { code: "deadline" },
    });
  });
});

describe("a job that ended without success", () => {
  it.each(["Failed", "Canceled"] as const)("is %s, with the HSM's own words", (status) => {
    const error = { code: "InternalError", message: "Full.", inner: ["StorageError: slow"] };
    expect(report({ status, folderUrl: FOLDER_URL, error }, 0)).toMatchObject({
      state: status,
      folderUrl: FOLDER_URL,
      error,
    });
  });

  it.each([
    ["2026-11-23T02:00:00.000Z", "schedule", /tries this slot again/],
    [null, "manual", /Start the backup again/],
  ] as const)("for the slot %s says what comes next", (slot, trigger, remedy) => {
    const next = report(
      { status: "Failed", folderUrl: null, error: { code: "x", message: "y", inner: [] } },
      0,
      inProgressRun({ slot, trigger }),
    );
    expect(next).toMatchObject({ error: { remedy: expect.stringMatching(remedy) } });
  });
});

describe("a look that", () => {
  it.each([
    ["notFound", 404, "jobLost"],
    ["rejected", 400, "Forbidden"],
  ] as const)(
    "answers %s (%d) ends the run only at the second one, a minute later: Failed, %s",
    (reason, status, code) => {
      const once = running(fail(reason, status, 0));
      expect(once).toMatchObject({ doubt: { code, times: 1 }, nextAt: after(STARTED, MINUTE) });
      expect(fail(reason, status, MINUTE - 1, once)).toMatchObject({ state: "InProgress" });
      expect(fail(reason, status, MINUTE, once)).toMatchObject({ state: "Failed", error: { code } });
    },
  );

  it("sees the job running in between restarts the doubt", () => {
    const once = running(fail("notFound", 404, 0));
    const fine = running(report(isRunning(), MINUTE, once));
    expect(fail("notFound", 404, 2 * MINUTE, fine)).toMatchObject({ state: "InProgress" });
  });

  it.each<[FailureReason, number | null]>([
    ["noAnswer", null],
    ["noAnswer", 503],
    ["denied", 403],
    ["unreadable", 200],
    ["rejected", 418],
    ["busy", 409],
    ["sasRefused", 400],
  ])("fails with %s (%s) is made again with back-off until the deadline, then TimedOut", (reason, status) => {
    expect(fail(reason, status, 0)).toMatchObject({ state: "InProgress", nextAt: after(STARTED, MINUTE) });
    const later = running(fail(reason, status, HOUR, inProgressRun({ doubt: doubtOf(reason, STARTED, 9) })));
    expect(later.nextAt).toBe(after(STARTED, HOUR + 5 * MINUTE));
    expect(fail(reason, status, 6 * HOUR)).toMatchObject({ state: "TimedOut", error: { code: "Forbidden" } });
  });

  it("finds no job at the deadline is the last one: TimedOut", () => {
    expect(fail("notFound", 404, 6 * HOUR)).toMatchObject({ state: "TimedOut", error: { code: "jobLost" } });
  });
});

describe("a job that succeeded", () => {
  const succeeded = (folderUrl: string | null): JobReport => ({ status: "Succeeded", folderUrl });
  const run = inProgressRun({ looks: 5 });
  const toVerify = { run, folder: FOLDER, folderUrl: FOLDER_URL, jobSeconds: 0 };
  const listed = (blobCount: number, bytes: number, ms = 0, from = run) =>
    afterListing({ ...toVerify, run: from }, { value: { blobCount, bytes } }, at(ms));

  it("with a folder in its own container is not a success yet: its blobs have to be counted", () => {
    expect(report(succeeded(FOLDER_URL), 0)).toEqual({ ...toVerify, run: { ...run, folderUrl: FOLDER_URL } });
  });

  it.each([
    ["as the HSM says", 600, 600],
    ["until this look where the HSM says nothing", undefined, 3_600],
    ["until this look where the HSM says more than can be", 7_200, 3_600],
  ])("took as long %s", (_what, seconds, expected) => {
    const said = seconds === undefined ? succeeded(FOLDER_URL) : { ...succeeded(FOLDER_URL), seconds };
    expect(report(said, HOUR)).toMatchObject({ jobSeconds: expected });
    const ended = afterListing({ ...toVerify, jobSeconds: expected }, { value: { blobCount: 2, bytes: 9 } }, at(HOUR));
    expect(ended).toMatchObject({ state: "Succeeded", jobSeconds: expected });
  });

  it("with blobs that have bytes is a success, also after the deadline", () => {
    const success = { state: "Succeeded", folderUrl: FOLDER_URL, blobCount: 2, bytes: 9 };
    expect(listed(2, 9)).toMatchObject(success);
    expect(listed(2, 9, 7 * HOUR)).toMatchObject(success);
  });

  it.each([
    ["another account", `https://other.blob.core.windows.net/${CONTAINER}/${FOLDER}`],
    ["another container", `${STORAGE}/mhsm-backup-fabrikam-2026-11-23/${FOLDER}`],
  ])("with a folder in %s has Failed: foreignFolder", (_where, folderUrl) => {
    expect(report(succeeded(folderUrl), 0)).toMatchObject({ state: "Failed", error: { code: "foreignFolder" } });
  });

  it.each([
    ["no folder", (ms: number, from = run) => report(succeeded(null), ms, from)],
    ["an empty folder", (ms: number, from = run) => listed(0, 0, ms, from)],
    ["only empty blobs", (ms: number, from = run) => listed(3, 0, ms, from)],
    [
      "a container that is gone",
      (ms: number, from = run) =>
        afterListing({ ...toVerify, run: from }, { failure: callFailure("notFound") }, at(ms)),
    ],
  ])("with %s gets two more looks within a minute, then has Failed: nothingWritten", (_what, look) => {
    const once = running(look(0));
    expect(once).toMatchObject({ doubt: { code: "nothingWritten", times: 1 }, nextAt: after(STARTED, 30 * SECOND) });
    const twice = running(look(30 * SECOND, once));
    expect(look(MINUTE, twice)).toMatchObject({ state: "Failed", error: { code: "nothingWritten" } });
  });

  it("with an empty folder gets both of these looks, however late they come", () => {
    const once = running(listed(0, 0));
    const late = running(listed(0, 0, HOUR, once));
    expect(listed(2, 9, 2 * HOUR, late)).toMatchObject({ state: "Succeeded" });
    expect(listed(0, 0, 2 * HOUR, late)).toMatchObject({ state: "Failed" });
  });

  it("whose listing fails is looked at again until the deadline, then TimedOut", () => {
    const fails = (ms: number) => afterListing(toVerify, { failure: callFailure("denied") }, at(ms));
    expect(fails(0)).toMatchObject({ state: "InProgress", nextAt: after(STARTED, MINUTE) });
    expect(fails(6 * HOUR)).toMatchObject({ state: "TimedOut", error: { code: "Forbidden" } });
  });
});
