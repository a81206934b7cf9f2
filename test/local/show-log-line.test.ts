import { describe, expect, it } from "vitest";
import { describeLogLine } from "../../local/show-log-line.ts";

const describeEvent = (fields: object): string | undefined =>
  describeLogLine(JSON.stringify({ hsm: "contoso", ...fields }));

describe("a line of the host's log, as it is shown", () => {
  it.each([
    [
      { event: "backup.started", level: "information", jobId: "4f2", container: "mhsm-backup-contoso-2026-11-23" },
      "contoso: the HSM has accepted the backup as job 4f2",
    ],
    [
      {
        event: "backup.followed",
        level: "information",
        state: "InProgress",
        doubt: null,
        nextAt: "2026-11-23T02:00:10Z",
      },
      "contoso: looked at the job: InProgress, next look at 02:00:10",
    ],
    [
      { event: "backup.followed", level: "information", state: "InProgress", doubt: "nothingWritten", nextAt: null },
      "contoso: looked at the job: InProgress, in doubt: nothingWritten",
    ],
    [
      {
        event: "backup.followed",
        level: "warning",
        state: "InProgress",
        message: "No answer.",
        remedy: "Look at DNS.",
        nextAt: "?",
      },
      "contoso: could not look: No answer. Remedy: Look at DNS.",
    ],
    [
      {
        event: "backup.refused",
        level: "warning",
        message: "It was 403.",
        remedy: "Grant it.",
        nextAt: "2026-11-23T02:01:00.000Z",
      },
      "contoso: the start wasn't accepted: It was 403. Remedy: Grant it. (next try at 02:01:00)",
    ],
    [
      { event: "backup.succeeded", level: "information", blobCount: 7, bytes: 1_500_000, seconds: 12.4 },
      "contoso: verified: 7 blobs, 1.5 MB, in 12 s",
    ],
    [
      { event: "backup.failed", level: "error", message: "The job failed.", remedy: "Try again." },
      "contoso: failed: The job failed. Remedy: Try again.",
    ],
    [{ event: "backup.canceled", level: "error", message: "Canceled." }, "contoso: canceled: Canceled."],
    [{ event: "backup.timedOut", level: "error", message: "Over." }, "contoso: timed out: Over."],
    [
      { event: "backup.resumed", level: "warning", seq: 3, message: "No process took the next step." },
      "contoso: no process took the next step in time; the timer takes it",
    ],
  ])("shows %j as a sentence", (fields, text) => {
    expect(describeEvent(fields)).toBe(text);
  });

  it.each([
    [{ event: "backup.missed", level: "error", message: "No backup." }, "contoso: backup.missed: No backup."],
    [
      { event: "backup.checked", level: "warning", problem: "The state is gone." },
      "contoso: backup.checked: The state is gone.",
    ],
    [{ event: "message.dropped", level: "warning", why: "a duplicate" }, "contoso: message.dropped: a duplicate"],
  ])("shows every other warning: %j", (fields, text) => {
    expect(describeEvent(fields)).toBe(text);
  });

  it("shows a warning of the host itself", () => {
    const line = JSON.stringify({ level: "Error", category: "Host.General", message: "The queue is gone." });
    expect(describeLogLine(line)).toBe("The queue is gone.");
  });

  it.each([
    ["what goes its usual way", '{"event":"backup.checked","level":"information","hsm":"contoso"}'],
    ["an invocation", '{"level":"information","category":"Function.followBackup","message":"Executed"}'],
    ["a name that only objects have", '{"event":"constructor","level":"information"}'],
    ["what isn't JSON", "(node:1) Warning: something"],
    ["JSON that isn't an object", "[1]"],
    ["nothing", ""],
  ])("is silent on %s", (_, line) => {
    expect(describeLogLine(line)).toBeUndefined();
  });

  it("survives events whose fields are missing or of another type", () => {
    expect(describeLogLine('{"event":"backup.succeeded","bytes":"many"}')).toBe("verified: ? blobs, ?, in ?");
  });
});
