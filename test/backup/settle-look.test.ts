import { describe, expect, it } from "vitest";
import type { FailureReason } from "../../backup/call-failed.ts";
import { HOUR, MINUTE, after as momentAfter, SECOND } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import type { JobReport } from "../../backup/job-report.ts";
import type { RunningRun } from "../../backup/run.ts";
import type { Clock, Next, Verify } from "../../backup/settle.ts";
import { afterListing, afterLook } from "../../backup/settle-look.ts";
import { stillRunning, unsuccessful, waiting } from "./next.ts";
import { callFailure, DEADLINE, doubtOf, FOLDER_URL, runningRun, STARTED } from "./samples.ts";

const clockAt = (ms: number): Clock => ({ now: new Date(momentAfter(STARTED, ms)), intervals: INTERVALS });
const AT_DEADLINE: Clock = { now: new Date(DEADLINE), intervals: INTERVALS };
const run = runningRun({ followUps: 0 });

const running = (
  changes: { folderUrl?: string | null; retryAfter?: number | null; word?: string } = {},
): JobReport => ({
  status: "running",
  word: "InProgress",
  folderUrl: null,
  retryAfter: null,
  ...changes,
});

const look = (from: RunningRun, report: JobReport, clock: Clock) => afterLook(from, { value: report }, clock);
const lookFails = (from: RunningRun, reason: FailureReason, clock: Clock) =>
  afterLook(from, { failure: callFailure(reason) }, clock);

describe("a job that still runs", () => {
  it.each(["InProgress", "Queued", "", "succeeded"])("is followed on, by whatever word it says so: %j", (word) => {
    const next = waiting(look(run, running({ word, folderUrl: FOLDER_URL }), clockAt(0)));
    expect(next).toMatchObject({ state: "InProgress", folderUrl: FOLDER_URL, followUps: 1, doubt: null, seq: 3 });
  });

  it("is looked at after Retry-After, at least 10 s, growing to 60 s and no further", () => {
    const pauses = Array.from({ length: 14 }, (_, followUps) => {
      const { nextAt } = waiting(look(runningRun({ followUps }), running(), clockAt(0)));
      return (Date.parse(nextAt) - Date.parse(STARTED)) / SECOND;
    });
    expect(pauses[0]).toBeGreaterThanOrEqual(10);
    expect(pauses[0]).toBeLessThan(20);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses.at(-1)).toBe(60);
  });

  it.each([
    [1 * SECOND, 10, 20],
    [45 * SECOND, 45, 45],
    [2 * MINUTE, 120, 120],
  ])("is left alone for as long as the HSM asks: %d ms", (retryAfter, from, to) => {
    const { nextAt } = waiting(look(run, running({ retryAfter }), clockAt(0)));
    const seconds = (Date.parse(nextAt) - Date.parse(STARTED)) / SECOND;
    expect(seconds).toBeGreaterThanOrEqual(from);
    expect(seconds).toBeLessThanOrEqual(to);
  });

  it("is looked at by the deadline at the latest", () => {
    expect(waiting(look(run, running({ retryAfter: 7 * HOUR }), clockAt(0))).nextAt).toBe(DEADLINE);
    expect(waiting(look(run, running(), clockAt(6 * HOUR - SECOND))).nextAt).toBe(DEADLINE);
  });

  it("keeps the folder that was named before, where the HSM names none", () => {
    expect(stillRunning(look(runningRun({ folderUrl: FOLDER_URL }), running(), clockAt(0))).folderUrl).toBe(FOLDER_URL);
  });

  it("is in no doubt any more", () => {
    const doubted = runningRun({ doubt: doubtOf("jobUnknown", STARTED, 1) });
    expect(waiting(look(doubted, running(), clockAt(0))).doubt).toBeNull();
  });

  it("is TimedOut at the deadline, after a last look, and keeps its job", () => {
    const end = unsuccessful(look(run, running({ folderUrl: FOLDER_URL }), AT_DEADLINE));
    expect(end).toMatchObject({ state: "TimedOut", jobId: run.jobId, folderUrl: FOLDER_URL, endedAt: DEADLINE });
    expect(end.error.code).toBe("deadline");
  });

  it("is TimedOut because of the deadline, not of a doubt that this look has cleared", () => {
    const doubted = runningRun({ doubt: doubtOf("jobUnknown", momentAfter(DEADLINE, -MINUTE), 1) });
    expect(unsuccessful(look(doubted, running(), AT_DEADLINE)).error.code).toBe("deadline");
  });
});

describe.each(["Failed", "Canceled"] as const)("a job that is %s", (status) => {
  it("ends the run so, in the words of the HSM", () => {
    const error = { code: "InternalError", message: "Storage was slow.", inner: ["Timeout: 30 s"] };
    const end = unsuccessful(look(run, { status, folderUrl: FOLDER_URL, error }, clockAt(MINUTE)));
    expect(end).toMatchObject({ state: status, error, jobId: run.jobId, folderUrl: FOLDER_URL, followUps: 1 });
    expect(end.endedAt).toBe(momentAfter(STARTED, MINUTE));
  });

  it("ends the run so even after the deadline", () => {
    const error = { code: "InternalError", message: "Slow.", inner: [] };
    expect(unsuccessful(look(run, { status, folderUrl: null, error }, clockAt(7 * HOUR))).state).toBe(status);
  });
});

describe("a job that the HSM doesn't know", () => {
  it("is looked at again a minute later, then Failed, jobLost", () => {
    const once = stillRunning(lookFails(run, "notFound", clockAt(0)));
    expect(once).toMatchObject({
      doubt: { since: STARTED, looks: 1 },
      nextAt: momentAfter(STARTED, MINUTE),
      followUps: 1,
    });
    const twice = unsuccessful(lookFails(once, "notFound", clockAt(MINUTE)));
    expect(twice).toMatchObject({ state: "Failed", error: { code: "jobLost" }, jobId: run.jobId });
  });

  it("isn't lost after two looks that are less than a minute apart", () => {
    const once = stillRunning(lookFails(run, "notFound", clockAt(0)));
    const twice = stillRunning(lookFails(once, "notFound", clockAt(MINUTE - SECOND)));
    expect(twice.doubt).toMatchObject({ since: STARTED, looks: 2 });
    expect(unsuccessful(lookFails(twice, "notFound", clockAt(2 * MINUTE))).error.code).toBe("jobLost");
  });

  it("is counted anew after a look that found it, or found out nothing", () => {
    const once = stillRunning(lookFails(run, "notFound", clockAt(0)));
    const between = [look(once, running(), clockAt(MINUTE)), lookFails(once, "noAnswer", clockAt(MINUTE))];
    for (const next of between.map(stillRunning)) {
      const again = stillRunning(lookFails(next, "notFound", clockAt(5 * MINUTE)));
      expect(again.doubt).toMatchObject({ since: momentAfter(STARTED, 5 * MINUTE), looks: 1 });
    }
  });

  it("is TimedOut where its deadline comes before the second look could tell", () => {
    const once = stillRunning(lookFails(run, "notFound", clockAt(6 * HOUR - 30 * SECOND)));
    expect(once.nextAt).toBe(DEADLINE);
    expect(unsuccessful(lookFails(once, "notFound", AT_DEADLINE)).state).toBe("TimedOut");
  });
});

describe.each<FailureReason>(["denied", "sasRefused", "busy", "rejected", "noAnswer", "unreadable", "ledgerMissing"])(
  "a look or a listing that fails as %s",
  (reason) => {
    const failure = callFailure(reason);
    const steps: readonly [string, (from: RunningRun, clock: Clock) => Next | Verify][] = [
      ["look", (from, clock) => afterLook(from, { failure }, clock)],
      ["listing", (from, clock) => afterListing(from, FOLDER_URL, { failure }, clock)],
    ];

    it.each(steps)("is a %s that is made again after 1, 2, 5, 5 … min until the deadline", (_what, step) => {
      let from = run;
      for (const minutes of [1, 2, 5, 5, 5]) {
        const next = stillRunning(step(from, clockAt(0)));
        expect(next.nextAt).toBe(momentAfter(STARTED, minutes * MINUTE));
        from = next;
      }
      expect(from).toMatchObject({ followUps: 5, doubt: { since: STARTED, looks: 5 } });
      expect(waiting(step(run, clockAt(6 * HOUR - SECOND))).nextAt).toBe(DEADLINE);
    });

    it.each(steps)("is a %s that ends the run as TimedOut at the deadline", (_what, step) => {
      const end = unsuccessful(step(run, AT_DEADLINE));
      expect(end).toMatchObject({ state: "TimedOut", jobId: run.jobId });
      expect(end.error.message).toContain("The caller lacks a role");
    });
  },
);
