import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallFailure, FailureReason } from "../../backup/call-failed.ts";
import { DAY, millis } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import type { JobReport } from "../../backup/job-report.ts";
import { type Doubt, isEnded, type RunningRun } from "../../backup/run.ts";
import type { Next, Seen, Verify } from "../../backup/settle.ts";
import { afterListing, afterLook } from "../../backup/settle-look.ts";
import { afterAccepted, afterPreparing, afterRefused } from "../../backup/settle-start.ts";
import { callFailure, DEADLINE, FOLDER_URL, runningRun, STARTED, STORAGE, startingRun } from "./samples.ts";

const reasons: readonly FailureReason[] = [
  "denied",
  "sasRefused",
  "busy",
  "notFound",
  "rejected",
  "noAnswer",
  "unreadable",
  "ledgerMissing",
];
const anyFailure: fc.Arbitrary<CallFailure> = fc.constantFrom(...reasons).map((reason) => callFailure(reason));
const anyFolder = fc.constantFrom(null, "", FOLDER_URL, `${STORAGE}/other/f`, "here");
const anyRetryAfter = fc.option(fc.integer({ min: 0, max: 30 * DAY }));
const error = { code: "x", message: "x", inner: [] };

const anyReport: fc.Arbitrary<JobReport> = fc.oneof(
  fc.record({
    status: fc.constant("running" as const),
    word: fc.string(),
    folderUrl: anyFolder,
    retryAfter: anyRetryAfter,
  }),
  fc.record({ status: fc.constant("Succeeded" as const), folderUrl: anyFolder }),
  fc.record({
    status: fc.constantFrom("Failed" as const, "Canceled" as const),
    folderUrl: anyFolder,
    error: fc.constant(error),
  }),
);
const failing = anyFailure.map((failure) => ({ failure }));
const anyLook: fc.Arbitrary<Seen<JobReport>> = fc.oneof(
  anyReport.map((value) => ({ value })),
  failing,
);
const anyCount = fc.integer({ min: 0, max: 3 });
const anyListing = fc.oneof(
  anyCount.map((blobCount) => ({ value: { blobCount, bytes: blobCount } })),
  failing,
);
const anyStart = fc.oneof(
  anyRetryAfter.map((retryAfter) => ({ value: { jobId: "j", retryAfter } })),
  failing,
);

const anyDoubt: fc.Arbitrary<Doubt | null> = fc.option(
  fc.record({
    code: fc.constantFrom("jobUnknown", "nothingWritten", ...reasons),
    since: fc.constant(STARTED),
    looks: fc.integer({ min: 1, max: 90 }),
  }),
);
const anyNow = fc.date({ min: new Date(STARTED), max: new Date(millis(DEADLINE) + DAY), noInvalidDate: true });

const anyNext: fc.Arbitrary<{ now: Date; next: Next | Verify }> = fc
  .tuple(anyDoubt, anyNow, fc.integer({ min: 0, max: 5_000 }), anyLook, anyListing, anyStart, anyFailure, fc.nat(3))
  .map(([doubt, now, followUps, looked, listed, posted, failure, which]) => {
    const clock = { now, intervals: INTERVALS };
    const running: RunningRun = runningRun({ doubt, followUps });
    const starting = startingRun({ doubt });
    switch (which) {
      case 0:
        return { now, next: afterLook(running, looked, clock) };
      case 1:
        return { now, next: afterListing(running, FOLDER_URL, listed, clock) };
      case 2:
        return {
          now,
          next:
            "value" in posted
              ? { kind: "wait", run: afterAccepted(starting, posted.value, clock) }
              : afterRefused(starting, posted.failure, clock),
        };
      default:
        return { now, next: afterPreparing(starting, failure, clock) };
    }
  });

describe("whatever was seen of a run", () => {
  const holds = (rule: (next: Next | Verify, now: Date) => void): void =>
    fc.assert(
      fc.property(anyNext, ({ now, next }) => rule(next, now)),
      { numRuns: 1_000 },
    );

  it("its next step is never after the deadline", () => {
    holds((next) => {
      if (next.kind === "wait") expect(millis(next.run.nextAt)).toBeLessThanOrEqual(millis(DEADLINE));
    });
  });

  it("its next step is never in the past while the deadline isn't", () => {
    holds((next, now) => {
      if (next.kind === "wait" && millis(now) < millis(DEADLINE))
        expect(millis(next.run.nextAt)).toBeGreaterThan(millis(now));
    });
  });

  it("at the deadline it ends, unless it just got its job or its blobs are still to be counted", () => {
    holds((next, now) => {
      if (next.kind === "wait" && millis(now) >= millis(DEADLINE)) {
        expect(next.run).toMatchObject({ state: "InProgress", followUps: 0, jobId: "j" });
      }
    });
  });

  it("what ends has ended, and says why where it isn't a success", () => {
    holds((next, now) => {
      if (next.kind !== "end") return;
      expect(isEnded(next.run)).toBe(true);
      expect(next.run.endedAt).toBe(now.toISOString());
      if (next.run.state === "Succeeded") expect(next.run.blobCount).toBeGreaterThan(0);
      else
        expect(next.run.error).toMatchObject({ code: expect.stringMatching(/./), remedy: expect.stringMatching(/./) });
    });
  });

  it("its identity, deadline and number stay as they are", () => {
    const { id, hsm, slot, trigger, deadlineAt, seq, startedAt } = startingRun();
    holds((next) => {
      if (next.kind !== "verify")
        expect(next.run).toMatchObject({ id, hsm, slot, trigger, deadlineAt, seq, startedAt });
    });
  });
});
