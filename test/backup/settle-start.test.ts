import { describe, expect, it } from "vitest";
import type { CallFailure, FailureReason } from "../../backup/call-failed.ts";
import { HOUR, MINUTE, after as momentAfter, SECOND } from "../../backup/instant.ts";
import { INTERVALS } from "../../backup/intervals.ts";
import type { StartingRun } from "../../backup/run.ts";
import type { Clock, Next } from "../../backup/settle.ts";
import {
  afterAccepted,
  afterNoStart,
  afterNotConfigured,
  afterPreparing,
  afterRefused,
} from "../../backup/settle-start.ts";
import { ended, unsuccessful, waiting } from "./next.ts";
import { callFailure, DEADLINE, doubtOf, runningRun, STARTED, startingRun } from "./samples.ts";

const clockAt = (ms: number): Clock => ({ now: new Date(momentAfter(STARTED, ms)), intervals: INTERVALS });
const AT_DEADLINE: Clock = { now: new Date(DEADLINE), intervals: INTERVALS };

const refuse = (run: StartingRun, reason: FailureReason, clock: Clock): Next =>
  afterRefused(run, callFailure(reason), clock);

/** The same seen again and again, each time when the run's next step is due: minutes after the start, until it ends. */
function minutesOfSteps(step: (run: StartingRun, clock: Clock) => Next, limit = 20): { minutes: number[]; last: Next } {
  const minutes: number[] = [];
  let run = startingRun();
  let at = STARTED;
  for (;;) {
    minutes.push((Date.parse(at) - Date.parse(STARTED)) / MINUTE);
    const last = step(run, { now: new Date(at), intervals: INTERVALS });
    if (last.kind === "end" || minutes.length === limit || last.run.state !== "Starting") return { minutes, last };
    run = last.run;
    at = run.nextAt;
  }
}

describe("a POST that was answered 202", () => {
  const start = (retryAfter: number | null, clock = clockAt(0), run = startingRun()) =>
    afterAccepted(run, { jobId: "45aacd", retryAfter }, clock);

  it("makes the run InProgress with its job, in no doubt any more", () => {
    const doubted = startingRun({ doubt: doubtOf("busy", STARTED, 3) });
    expect(start(10 * SECOND, clockAt(0), doubted)).toMatchObject({
      state: "InProgress",
      jobId: "45aacd",
      folderUrl: null,
      doubt: null,
      seq: 3,
    });
  });

  it.each([
    [null, 10],
    [5 * SECOND, 10],
    [45 * SECOND, 45],
  ])("with Retry-After %s is looked at first after %d s", (retryAfter, seconds) => {
    expect(start(retryAfter).nextAt).toBe(momentAfter(STARTED, seconds * SECOND));
  });

  it("is looked at by the deadline at the latest", () => {
    expect(start(8 * HOUR).nextAt).toBe(DEADLINE);
    expect(start(null, AT_DEADLINE).nextAt).toBe(DEADLINE);
  });
});

describe.each<[what: string, reason: FailureReason]>([
  ["409: the HSM is busy", "busy"],
  ["no answer, 429, 5xx, DNS, network", "noAnswer"],
  ["an answer that can't be read", "unreadable"],
  ["a ledger that is missing", "ledgerMissing"],
])("a POST that met %s", (_what, reason) => {
  it("is tried again after 1, 2, 5, 5 … min, by hand or not, until the deadline", () => {
    for (const trigger of ["schedule", "manual"] as const) {
      const { minutes } = minutesOfSteps((run, clock) => refuse({ ...run, trigger }, reason, clock), 7);
      expect(minutes).toEqual([0, 1, 3, 8, 13, 18, 23]);
    }
  });

  it("ends as TimedOut at the deadline", () => {
    const { minutes, last } = minutesOfSteps((run, clock) => refuse(run, reason, clock), 1_000);
    expect(minutes.at(-1)).toBe(6 * 60);
    expect(unsuccessful(last)).toMatchObject({ state: "TimedOut", jobId: null, endedAt: DEADLINE });
  });

  it("is never tried again after the deadline", () => {
    expect(waiting(refuse(startingRun(), reason, clockAt(6 * HOUR - SECOND))).nextAt).toBe(DEADLINE);
  });
});

describe.each<[what: string, reason: FailureReason]>([
  ["401 or 403", "denied"],
  ["a SAS or container that is refused", "sasRefused"],
])("a POST that met %s", (_what, reason) => {
  const refusedSince = (ms: number) => startingRun({ doubt: doubtOf("denied", STARTED, ms / MINUTE) });

  it("is tried again for 15 min with back-off, then Failed with the remedy", () => {
    const { minutes, last } = minutesOfSteps((run, clock) => refuse(run, reason, clock));
    expect(minutes).toEqual([0, 1, 3, 8, 13, 18]);
    expect(unsuccessful(last)).toMatchObject({ state: "Failed", error: { code: "Forbidden", inner: [] } });
    expect(unsuccessful(last).error.remedy).toBe(callFailure(reason).remedy);
    expect(unsuccessful(last).error.message).toContain("The caller lacks a role");
  });

  it("still waits a second before 15 min are over, and has Failed when they are", () => {
    const early = refuse(refusedSince(14 * MINUTE), reason, clockAt(15 * MINUTE - SECOND));
    expect(waiting(early).doubt).toEqual(doubtOf("denied", STARTED, 15));
    expect(ended(refuse(refusedSince(14 * MINUTE), reason, clockAt(15 * MINUTE))).state).toBe("Failed");
  });

  it("counts its 15 min anew after something else was seen in between", () => {
    const run = startingRun({ doubt: doubtOf("busy", STARTED, 9) });
    const next = waiting(refuse(run, reason, clockAt(HOUR)));
    expect(next.doubt).toEqual(doubtOf("denied", momentAfter(STARTED, HOUR), 1));
    expect(next.nextAt).toBe(momentAfter(STARTED, HOUR + MINUTE));
  });

  it("counts together with the other way of being refused: a role that is missing may show as either", () => {
    const other: FailureReason = reason === "denied" ? "sasRefused" : "denied";
    const first = waiting(refuse(startingRun(), other, clockAt(0)));
    if (first.state !== "Starting") throw new Error("expected no job");
    expect(ended(refuse(first, reason, clockAt(15 * MINUTE))).state).toBe("Failed");
  });

  it("is TimedOut where its deadline comes before the 15 min are over", () => {
    const late = startingRun({ doubt: doubtOf("denied", momentAfter(DEADLINE, -5 * MINUTE), 3) });
    expect(unsuccessful(refuse(late, reason, AT_DEADLINE)).state).toBe("TimedOut");
    expect(waiting(refuse(late, reason, clockAt(6 * HOUR - MINUTE))).nextAt).toBe(DEADLINE);
  });
});

describe.each<[what: string, reason: FailureReason, status: number]>([
  ["404", "notFound", 404],
  ["any other 4xx", "rejected", 400],
])("a POST that met %s", (_what, reason, status) => {
  it("is Failed at once, with the words of the HSM", () => {
    const failure: CallFailure = callFailure(reason, { status, code: "BadParameter", inner: ["Inner: words"] });
    expect(unsuccessful(afterRefused(startingRun(), failure, clockAt(0)))).toMatchObject({
      state: "Failed",
      jobId: null,
      endedAt: STARTED,
      error: { code: "BadParameter", inner: ["Inner: words"], remedy: failure.remedy },
    });
  });
});

describe("before the POST, a container, delegation key or token", () => {
  const prepare = (reason: FailureReason) => (run: StartingRun, clock: Clock) =>
    afterPreparing(run, callFailure(reason), clock);

  it("that is denied is tried again for 15 min, then Failed", () => {
    const { minutes, last } = minutesOfSteps(prepare("denied"));
    expect(minutes).toEqual([0, 1, 3, 8, 13, 18]);
    expect(ended(last).state).toBe("Failed");
  });

  it("that is denied counts together with a POST that is denied", () => {
    const denied = waiting(prepare("denied")(startingRun(), clockAt(0)));
    if (denied.state !== "Starting") throw new Error("expected no job");
    expect(ended(refuse(denied, "denied", clockAt(15 * MINUTE))).state).toBe("Failed");
  });

  it.each<FailureReason>(["notFound", "rejected", "busy", "noAnswer", "unreadable", "ledgerMissing", "sasRefused"])(
    "that fails as %s is tried again until the deadline, as with no answer",
    (reason) => {
      const { minutes, last } = minutesOfSteps(prepare(reason), 1_000);
      expect(minutes.slice(0, 5)).toEqual([0, 1, 3, 8, 13]);
      expect(minutes.at(-1)).toBe(6 * 60);
      expect(ended(last).state).toBe("TimedOut");
    },
  );
});

describe("a run of an HSM that is no longer configured", () => {
  it.each([startingRun(), runningRun()])("is looked at again while it is $state, until the deadline", (run) => {
    const next = waiting(afterNotConfigured(run, clockAt(MINUTE)));
    expect(next).toMatchObject({ state: run.state, nextAt: momentAfter(STARTED, 2 * MINUTE), seq: 3 });
    expect(waiting(afterNotConfigured(run, clockAt(6 * HOUR - SECOND))).nextAt).toBe(DEADLINE);
  });

  it("is then Failed, notConfigured, and keeps its job", () => {
    const run = unsuccessful(afterNotConfigured(runningRun(), AT_DEADLINE));
    expect(run).toMatchObject({ state: "Failed", error: { code: "notConfigured" }, endedAt: DEADLINE });
    expect(run.jobId).toBe(runningRun().jobId);
  });

  it("goes on where it was when the HSM comes back", () => {
    const left = waiting(afterNotConfigured(startingRun(), clockAt(0)));
    if (left.state !== "Starting") throw new Error("expected no job");
    expect(afterAccepted(left, { jobId: "45aacd", retryAfter: null }, clockAt(HOUR)).state).toBe("InProgress");
  });
});

describe("a run that has no job at its deadline", () => {
  it("is TimedOut, with what it was in doubt of as its code", () => {
    const busy = startingRun({ doubt: doubtOf("busy", STARTED, 70) });
    expect(unsuccessful(afterNoStart(busy, AT_DEADLINE))).toMatchObject({ state: "TimedOut", error: { code: "busy" } });
    expect(unsuccessful(afterNoStart(startingRun(), AT_DEADLINE)).error.remedy).not.toBe("");
  });
});
