import { describe, expect, it } from "vitest";
import { afterNoStart, afterPreparation, afterStart } from "../../../backup/decide/after-start.ts";
import type { FailureReason } from "../../../backup/model/call-failed.ts";
import { HOUR, MINUTE, SECOND } from "../../../backup/model/instant.ts";
import { callFailure, DEADLINE, doubtOf, JOB_ID, STARTED, startingRun } from "../samples.ts";
import { at } from "./clock.ts";

const DENIALS: readonly FailureReason[] = ["denied", "sasRefused"];
const REPEATED: readonly FailureReason[] = ["busy", "noAnswer", "unreadable", "ledgerMissing"];
const FINAL: readonly FailureReason[] = ["notFound", "rejected"];

const refuse = (reason: FailureReason, ms: number, doubt = startingRun().doubt, retryAfter: number | null = null) =>
  afterStart(startingRun({ doubt }), { failure: callFailure(reason, { retryAfter }) }, at(ms));

describe("after a POST that", () => {
  it("was accepted, the run is InProgress with its job, and is looked at after a minute", () => {
    const next = afterStart(
      startingRun({ doubt: doubtOf("busy", STARTED, 3) }),
      { value: { jobId: JOB_ID, retryAfter: null } },
      at(SECOND),
    );
    expect(next).toMatchObject({
      state: "InProgress",
      jobId: JOB_ID,
      folderUrl: null,
      doubt: null,
      nextAt: "2026-11-23T02:01:05.000Z",
    });
  });

  it("was accepted, the HSM's Retry-After is honoured, up to an hour", () => {
    const accepted = (retryAfter: number) =>
      afterStart(startingRun(), { value: { jobId: JOB_ID, retryAfter } }, at(0)).nextAt;
    expect(accepted(5 * MINUTE)).toBe("2026-11-23T02:05:04.000Z");
    expect(accepted(24 * HOUR)).toBe("2026-11-23T02:55:04.000Z");
  });

  it.each(REPEATED)("failed with %s, it is tried again after 1, 2, 5, 5 … minutes", (reason) => {
    const first = refuse(reason, 0);
    expect(first).toMatchObject({
      state: "Starting",
      nextAt: "2026-11-23T02:01:04.000Z",
      doubt: { code: reason, times: 1 },
    });
    expect(refuse(reason, 0, doubtOf(reason, STARTED, 1)).nextAt).toBe("2026-11-23T02:02:04.000Z");
    expect(refuse(reason, 0, doubtOf(reason, STARTED, 8)).nextAt).toBe("2026-11-23T02:05:04.000Z");
  });

  it.each(REPEATED)("failed with %s, it is tried again, the last time at the deadline", (reason) => {
    expect(refuse(reason, 6 * HOUR - SECOND)).toMatchObject({ state: "Starting", nextAt: DEADLINE });
  });

  it("failed with a Retry-After, the next try waits for it", () => {
    expect(refuse("noAnswer", 0, null, 20 * MINUTE).nextAt).toBe("2026-11-23T02:20:04.000Z");
  });

  it.each(DENIALS)("was refused as %s, it is tried again for 15 minutes, then Failed with the remedy", (reason) => {
    expect(refuse(reason, 0)).toMatchObject({ state: "Starting", doubt: { code: "denied", since: STARTED, times: 1 } });
    const doubt = doubtOf("denied", STARTED, 4);
    expect(refuse(reason, 15 * MINUTE - 1, doubt).state).toBe("Starting");
    expect(refuse(reason, 15 * MINUTE, doubt)).toMatchObject({
      state: "Failed",
      error: { code: "Forbidden", remedy: callFailure("denied").remedy },
    });
  });

  it("was refused for another reason before gets the full 15 minutes", () => {
    expect(refuse("denied", HOUR, doubtOf("busy", STARTED, 9))).toMatchObject({
      state: "Starting",
      doubt: { times: 1 },
    });
  });

  it.each(FINAL)("was refused as %s has Failed at once", (reason) => {
    expect(refuse(reason, 0)).toMatchObject({ state: "Failed", jobId: null, error: { code: "Forbidden" } });
  });
});

describe("after a container, key or token that failed before the POST", () => {
  const prepare = (reason: FailureReason, ms: number, doubt = startingRun().doubt) =>
    afterPreparation(startingRun({ doubt }), callFailure(reason), at(ms));

  it("with a denial, it is tried again for 15 minutes, then Failed, as for the POST", () => {
    expect(prepare("denied", 0).state).toBe("Starting");
    expect(prepare("denied", 15 * MINUTE, doubtOf("denied", STARTED, 4)).state).toBe("Failed");
  });

  it.each<FailureReason>(["rejected", "notFound", "sasRefused", "noAnswer", "unreadable"])(
    "with %s, it is tried again, the last time at the deadline, as after no answer",
    (reason) => {
      expect(prepare(reason, HOUR).state).toBe("Starting");
      expect(prepare(reason, 6 * HOUR - SECOND)).toMatchObject({ state: "Starting", nextAt: DEADLINE });
    },
  );
});

describe("a run whose deadline comes before any job", () => {
  it("is TimedOut, and says what was seen last", () => {
    expect(afterNoStart(startingRun({ doubt: doubtOf("busy", STARTED, 50) }), at(6 * HOUR))).toMatchObject({
      state: "TimedOut",
      error: { code: "busy" },
    });
    expect(afterNoStart(startingRun(), at(6 * HOUR))).toMatchObject({ state: "TimedOut", error: { code: "deadline" } });
  });
});
