import { describe, expect, it } from "vitest";
import { readState, writeState } from "../../../backup/ledger/ledger.ts";
import { CallFailed } from "../../../backup/model/call-failed.ts";
import { after, HOUR, MINUTE } from "../../../backup/model/instant.ts";
import type { FollowMessage } from "../../../backup/model/message.ts";
import type { Run } from "../../../backup/model/run.ts";
import type { Ports } from "../../../backup/ports.ts";
import { takeStep } from "../../../backup/steps/step.ts";
import { ledgerPorts } from "../ledger-ports.ts";
import { callFailure, FOLDER_URL, inProgressRun, JOB_ID, STARTED, STORAGE, startingRun, stateOf } from "../samples.ts";
import { settingsOf } from "../some-settings.ts";

type Sent = { readonly message: FollowMessage; readonly visibleAt: string; readonly expiresAt: string };

/** Takes one step of a run, a minute after it was started, on services that answer at once. */
async function stepOf(
  active: Run,
  changes: Partial<Ports> = {},
  watch: (write: Ports["writeBlob"]) => Ports["writeBlob"] = (write) => write,
) {
  const sent: Sent[] = [];
  const world = ledgerPorts({
    now: () => new Date(after(STARTED, MINUTE)),
    sendMessage: async (message, visibleAt, expiresAt) => void sent.push({ message, visibleAt, expiresAt }),
    prepareTarget: async (container) => ({
      authentication: "managedIdentity",
      containerUrl: `${STORAGE}/${container}`,
    }),
    startFullBackup: async () => ({ jobId: JOB_ID, retryAfter: null }),
    getBackupStatus: async () => ({ status: "Succeeded", folderUrl: FOLDER_URL }),
    countBlobs: async () => ({ blobCount: 3, bytes: 3_000 }),
    writeManifest: async () => {},
    ...changes,
  });
  const state = stateOf({ active });
  const written = await writeState(world.ports, state, null);
  if (written.outcome !== "written") throw new Error("The first write was lost.");
  await takeStep({ ...world.ports, writeBlob: watch(world.ports.writeBlob) }, { state, etag: written.etag });
  const read = await readState(world.ports, "contoso");
  return { ...world, sent, run: read.outcome === "state" ? read.state.active : null };
}

describe("a step of a run that starts", () => {
  it("writes the attempt before its POST, and the job after it", async () => {
    const written: string[] = [];
    const watch =
      (write: Ports["writeBlob"]): Ports["writeBlob"] =>
      (blob) => {
        written.push(String(blob.body));
        return write(blob);
      };
    let atPost = "";
    const startFullBackup: Ports["startFullBackup"] = async () => {
      atPost = written.at(-1) ?? "";
      return { jobId: JOB_ID, retryAfter: null };
    };
    const { run, logged } = await stepOf(startingRun({ seq: 0 }), { startFullBackup }, watch);
    expect(JSON.parse(atPost).active).toMatchObject({ state: "Starting", seq: 1, attempts: [{ outcome: null }] });
    expect(run).toMatchObject({
      state: "InProgress",
      jobId: JOB_ID,
      seq: 2,
      attempts: [{ outcome: { code: "accepted", status: 202 } }],
    });
    expect(logged.map(({ event }) => event)).toEqual(["backup.started"]);
  });

  it("sends one message, hidden until the next step and gone five minutes later", async () => {
    const { sent, run } = await stepOf(startingRun({ seq: 0 }));
    expect(sent).toEqual([
      {
        message: { schemaVersion: 1, hsm: "contoso", run: run?.id, seq: 2 },
        visibleAt: run?.nextAt,
        expiresAt: after(run?.nextAt ?? "", 5 * MINUTE),
      },
    ]);
  });

  it("marks an attempt without an outcome as unknown, and makes another", async () => {
    const { run } = await stepOf(startingRun({ attempts: [{ at: STARTED, outcome: null }] }));
    expect(run?.attempts.map(({ outcome }) => outcome?.code)).toEqual(["unknown", "accepted"]);
  });

  it("keeps the newest 50 attempts", async () => {
    const attempts = Array.from({ length: 50 }, () => ({
      at: STARTED,
      outcome: { code: "Conflict", status: 409, at: STARTED },
    }));
    const { run } = await stepOf(startingRun({ attempts }));
    expect(run?.attempts).toHaveLength(50);
    expect(run?.attempts.at(-1)?.outcome?.code).toBe("accepted");
  });

  it("logs the remedy of a refusal at once, and tries again", async () => {
    const { run, logged } = await stepOf(startingRun(), {
      startFullBackup: () => Promise.reject(new CallFailed(callFailure("denied"))),
    });
    expect(run).toMatchObject({ state: "Starting", attempts: [{ outcome: { code: "Forbidden", status: 403 } }] });
    expect(logged).toMatchObject([
      { event: "backup.refused", remedy: callFailure("denied").remedy, nextAt: run?.nextAt },
    ]);
  });

  it("makes no POST where the container can't be prepared, or the deadline has come", async () => {
    const noPost: Partial<Ports> = { startFullBackup: () => Promise.reject(new TypeError("a POST")) };
    const unprepared = await stepOf(startingRun(), {
      ...noPost,
      prepareTarget: () => Promise.reject(new CallFailed(callFailure("noAnswer"))),
    });
    expect(unprepared.run).toMatchObject({ state: "Starting", attempts: [], doubt: { code: "noAnswer" } });
    const late = await stepOf(startingRun(), { ...noPost, now: () => new Date(after(STARTED, 6 * HOUR)) });
    expect(late.logged).toMatchObject([{ event: "backup.timedOut" }]);
  });

  it("makes no POST where another process was first: the winner carries on", async () => {
    const startFullBackup = () => Promise.reject(new TypeError("a POST"));
    const { sent, logged } = await stepOf(startingRun(), { startFullBackup }, () => async () => ({ outcome: "lost" }));
    expect([sent, logged]).toEqual([[], []]);
  });
});

describe("a step of a run with a job", () => {
  it("ends it where its blobs were counted", async () => {
    const { logged, sent } = await stepOf(inProgressRun());
    expect(logged).toMatchObject([{ event: "backup.succeeded", blobCount: 3, bytes: 3_000 }]);
    expect(sent).toEqual([]);
  });

  it("follows it while it runs, with the HSM's own address and job", async () => {
    const asked: unknown[] = [];
    const { run, logged, sent } = await stepOf(inProgressRun(), {
      getBackupStatus: async (...args) => {
        asked.push(args);
        return { status: "running", folderUrl: null, retryAfter: null };
      },
    });
    expect(asked).toEqual([[{ name: "contoso", url: inProgressRun().hsmUrl }, JOB_ID]]);
    expect(run).toMatchObject({ seq: 4, looks: 5 });
    expect(logged).toMatchObject([{ event: "backup.followed", level: "information" }]);
    expect(sent).toHaveLength(1);
  });

  it("is no success because of blobs that were counted in another account than its own", async () => {
    const settings = settingsOf({ storageUrl: "https://another.blob.core.windows.net" });
    const { run, logged } = await stepOf(inProgressRun(), { settings });
    expect(run).toMatchObject({ state: "InProgress", doubt: { code: "noAnswer" } });
    expect(logged).toMatchObject([{ event: "backup.followed", remedy: expect.stringContaining(STORAGE) }]);
  });

  it("logs a message that can't be sent, and throws nothing: the timer takes the next step", async () => {
    const { logged, run } = await stepOf(startingRun(), {
      sendMessage: () => Promise.reject(new Error("queue is down")),
    });
    expect(run?.state).toBe("InProgress");
    expect(logged.at(-1)).toMatchObject({ event: "step.failed", step: "send a message", hsm: "contoso" });
  });
});

describe("a bug in a call of a step", () => {
  it.each([
    ["thrown as it is", new TypeError("x is undefined")],
    ["as the cause of a failure", new CallFailed(callFailure("noAnswer"), { cause: new TypeError("x is undefined") })],
  ])("%s is logged with its stack, and the run is tried again", async (_how, thrown) => {
    const startFullBackup = () => Promise.reject(thrown);
    const { logged: lines, run } = await stepOf(startingRun(), { startFullBackup });
    expect(run).toMatchObject({ state: "Starting" });
    const logged = lines.find(({ event }) => event === "step.failed");
    expect(logged).toMatchObject({ hsm: "contoso", run: startingRun().id, step: "start a full backup" });
    expect(JSON.stringify(logged)).toContain("step.test.ts");
  });

  it("is none where a service refused: that is no step.failed", async () => {
    const startFullBackup = () => Promise.reject(new CallFailed(callFailure("busy")));
    const { logged } = await stepOf(startingRun(), { startFullBackup });
    expect(logged.map(({ event }) => event)).toEqual(["backup.refused"]);
  });
});
