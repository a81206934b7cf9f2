import { afterEach, describe, expect, test } from "vitest";
import { type FakeApp, json, refusal, startFakeApp } from "../fake-app.ts";
import { anHsm, aRecord, aSlot, NOW, RUN, someHsms } from "../some-answers.ts";
import { KEY, type RunOptions, runCli } from "./run-cli.ts";

let app: FakeApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** Runs a command against an app that gives one answer. */
async function cli(args: readonly string[], answer: unknown, status = 200, options: RunOptions = {}) {
  app = await startFakeApp(() => json(answer, status));
  return runCli(args, { url: app.url, ...options });
}

const RUNNING = anHsm({
  hsm: "fabrikam",
  active: {
    id: RUN,
    state: "InProgress",
    trigger: "manual",
    slot: null,
    startedAt: "2026-11-23T09:33:29.000Z",
    deadlineAt: NOW,
    looks: 3,
    doubt: null,
  },
  nextStartAt: null,
});
const OVERDUE = anHsm({
  hsm: "tailspin",
  isOverdue: true,
  ageSeconds: 199_000,
  failuresInARow: 3,
  newestFailure: {
    run: RUN,
    state: "Failed",
    endedAt: "2026-11-23T08:14:00.000Z",
    error: { code: "Forbidden", message: "could not start a full backup.", inner: [], remedy: "Grant the role." },
  },
});
const NEW = anHsm({ hsm: "wingtip", ageSeconds: null, newestBytes: null, isConfigured: false, nextStartAt: null });

describe("hsms", () => {
  test("shows each HSM in a row, and below what is wrong", async () => {
    const answer = someHsms(OVERDUE, anHsm(), RUNNING, NEW);
    const problems = [{ setting: "BACKUP_HSM_URLS", problem: "expected an https URL" }];
    const { exitCode, stdout, stderr } = await cli(["hsms"], { ...answer, problems });
    expect(stdout).toBe(`HSM       STATUS          AGE         SIZE     NEXT
tailspin  overdue         2 days 7 h  31.5 MB  02:00 UTC tomorrow
contoso   ok              7 h 37 min  31.5 MB  02:00 UTC tomorrow
fabrikam  ok              7 h 37 min  31.5 MB  InProgress 4 min 31 s
wingtip   not configured  none

BACKUP_HSM_URLS: expected an https URL
tailspin: Failed at 08:14 UTC, 3 in a row: could not start a full backup. Grant the role.
`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(app?.asked).toMatchObject([{ path: "/api/hsms", headers: { "x-functions-key": KEY } }]);
  });

  test("is coloured on a terminal, and not with NO_COLOR, on a dumb one, or in a pipe", async () => {
    const isTTY = true;
    expect((await cli(["hsms"], someHsms(OVERDUE), 200, { isTTY })).stdout).toContain("\u001b[31moverdue\u001b[0m ");
    for (const options of [{ isTTY, env: { NO_COLOR: "1" } }, { isTTY, env: { TERM: "dumb" } }, {}])
      expect((await cli(["hsms"], someHsms(OVERDUE), 200, options)).stdout).not.toContain("\u001b");
  });

  test("fits into the terminal, and is whole in a pipe", async () => {
    const hsm = "an-hsm-of-twenty-four-ch";
    const isTTY = true;
    const env = { NO_COLOR: "1" };
    const shown = await cli(["hsms"], someHsms(anHsm({ hsm }), { ...NEW, nextStartAt: NOW }), 200, {
      isTTY,
      env,
      columns: 70,
    });
    const lines = shown.stdout.split("\n");
    expect(lines[1]).toBe("an-hsm-of-twenty-four-ch  ok              7 h 37 min  31.5 MB  02:00 …");
    expect(Math.max(...lines.map((line) => line.length))).toBe(70);
    const narrow = await cli(["hsms"], someHsms(anHsm({ hsm })), 200, { isTTY, env, columns: 50 });
    expect(narrow.stdout).toContain(`${hsm}  ok      7 h 37 min  31.5 MB  …\n`);
    const piped = await cli(["hsms"], someHsms(anHsm({ hsm })), 200, { columns: 70 });
    expect(piped.stdout).toContain("02:00 UTC tomorrow");
  });
});

describe("--json", () => {
  test.each([
    ["hsms", "--json"],
    ["--json", "hsms"],
  ])("prints the whole answer as one document: %s %s", async (...args) => {
    const answer = { ...someHsms(anHsm()), later: { unknown: "field" } };
    const { stdout } = await cli(args, answer);
    expect(JSON.parse(stdout)).toEqual(answer);
  });

  test("prints ASCII only, so that no text of the app can steer a terminal", async () => {
    const answer = someHsms(anHsm({ problem: "\u001b]0;title\u0007 \u009b31m \u202Eesrever \u{1F512}" }));
    const { stdout } = await cli(["hsms", "--json"], answer);
    expect(stdout).toMatch(/^[\n\x20-\x7e]+$/);
    expect(JSON.parse(stdout)).toEqual(answer);
  });
});

describe("runs", () => {
  const listed = { id: RUN, hsm: "contoso", state: "Succeeded", trigger: "schedule", slot: null, blobCount: 7 };
  const ended = { ...listed, startedAt: "2026-11-23T02:00:12.000Z", endedAt: "2026-11-23T02:06:43.000Z", bytes: 1_234 };
  const lost = { ...listed, state: "Unreadable", startedAt: null, endedAt: null, bytes: null };

  test("shows a row for each, and says on standard error that there are more", async () => {
    const { exitCode, stdout, stderr } = await cli(["runs"], {
      runs: [ended, lost],
      cursor: "more",
      unreadable: ["fabrikam"],
    });
    expect(stdout).toBe(`RUN                          STATE       TOOK        SIZE    HSM
20261123T020000Z-1-k3v9x2ab  Succeeded   6 min 31 s  1.2 kB  contoso
20261123T020000Z-1-k3v9x2ab  Unreadable                      contoso
`);
    expect(stderr).toBe(`There are older runs. See more with --limit.
The states of these HSMs can't be read: fabrikam
`);
    expect(exitCode).toBe(0);
  });

  test("asks for one HSM, one state and so many", async () => {
    await cli(["runs", "--hsm", "Contoso", "--state", "Failed", "--limit", "5"], { runs: [], cursor: null });
    expect(app?.asked[0]?.path).toBe("/api/backups?hsm=contoso&state=Failed&limit=5");
  });
});

describe("show", () => {
  test("shows a run that succeeded", async () => {
    const { exitCode, stdout } = await cli(["show", "contoso", RUN], aRecord());
    expect(stdout).toBe(`run        20261123T020000Z-1-k3v9x2ab
hsm        contoso
state      Succeeded
trigger    schedule, for 2026-11-23 02:00:00 UTC
started    2026-11-23 02:00:12 UTC
ended      2026-11-23 02:06:43 UTC, after 6 min 31 s
size       31.5 MB in 7 blobs
container  mhsm-backup-contoso-2026-11-23
folder     https://backupsofcontoso.blob.core.windows.net/mhsm-backup-contoso-2026-11-23/mhsm-contoso-2026112302000312
job        0123456789abcdef0123456789abcdef
attempts   1
`);
    expect(exitCode).toBe(0);
    expect(app?.asked[0]?.path).toBe(`/api/backups/contoso/${RUN}`);
  });

  test("shows the error of one that failed, with the remedy; showing it is a success", async () => {
    const error = {
      code: "Forbidden",
      message: "could not start.",
      inner: ["AKV: no role"],
      remedy: "Grant the role.",
    };
    const { exitCode, stdout } = await cli(["show", "contoso", RUN], aRecord({ state: "Failed", bytes: null, error }));
    expect(stdout).toContain("\nerror      Forbidden: could not start. AKV: no role\nremedy     Grant the role.\n");
    expect(exitCode).toBe(0);
  });

  test("says with the app's words that there is no such run", async () => {
    app = await startFakeApp(() => refusal(404, "runNotFound", "This HSM has no such run."));
    const ran = await runCli(["show", "contoso", RUN], { url: app.url });
    expect(ran).toMatchObject({
      exitCode: 5,
      stdout: "",
      stderr: "This HSM has no such run.\nSee: mhsm-backup hsms, mhsm-backup runs\n",
    });
  });
});

describe("coverage", () => {
  const page = (slots: unknown, cursor: string | null) =>
    json({ hsm: "contoso", schedule: "0 0 2 * * *", days: 3, now: NOW, slots, cursor });
  const pages = [
    page([aSlot({ state: "notDue", isRunning: true, run: null, seconds: null, bytes: null }), aSlot()], "older"),
    page(
      [aSlot({ state: "failed", failures: 2 }), aSlot({ state: "missed", run: null, seconds: null, bytes: null })],
      "oldest",
    ),
    page([aSlot({ slot: "2026-11-22T02:00:00.000Z" })], null),
  ];

  test("shows every slot of every page, and how many are covered", async () => {
    app = await startFakeApp(() => pages[(app?.asked.length ?? 1) - 1] ?? "cut");
    const { exitCode, stdout } = await runCli(["coverage", "contoso", "--days", "3"], { url: app.url });
    expect(stdout).toBe(`SLOT (UTC)        STATE    RUN                          TOOK        SIZE
2026-11-23 02:00  running
2026-11-23 02:00  covered  20261123T020000Z-1-k3v9x2ab  6 min 31 s  31.5 MB
2026-11-23 02:00  failed   20261123T020000Z-1-k3v9x2ab  6 min 31 s  31.5 MB
2026-11-23 02:00  missed
2026-11-22 02:00  covered  20261123T020000Z-1-k3v9x2ab  6 min 31 s  31.5 MB

2 of 4 slots covered, 1 failed, 1 missed
`);
    expect(exitCode).toBe(0);
    expect(app.asked.map(({ path }) => path)).toEqual([
      "/api/hsms/contoso/coverage?days=3",
      "/api/hsms/contoso/coverage?days=3&cursor=older",
      "/api/hsms/contoso/coverage?days=3&cursor=oldest",
    ]);
  });
});

describe("health", () => {
  const { hsm, newestSuccess, newestSuccessRun, ageSeconds, overdueAt, isOverdue, running, runningState } = anHsm();
  const standing = { hsm, newestSuccess, newestSuccessRun, ageSeconds, overdueAt, isOverdue, running, runningState };
  const entry = { ...standing, failuresInARow: 0, problem: null, isConfigured: true };

  test("is a success for a healthy app", async () => {
    const { exitCode, stdout } = await cli(["health"], {
      status: "healthy",
      version: "1.2.3",
      hsms: [entry],
      problems: [],
    });
    expect(stdout).toBe(`healthy, version 1.2.3, 1 HSM

HSM      STATUS  AGE         RUNNING
contoso  ok      7 h 37 min
`);
    expect(exitCode).toBe(0);
  });

  test("is code 1 for an unhealthy one, and says why", async () => {
    const hsms = [{ ...entry, problem: "the state can't be read" }];
    const problems = [{ setting: "BACKUP_X", problem: "expected no such setting" }];
    const { exitCode, stdout } = await cli(["health"], { status: "unhealthy", version: "1.2.3", hsms, problems }, 503);
    expect(stdout).toContain("\n\ncontoso: the state can't be read\nBACKUP_X: expected no such setting\n");
    expect(exitCode).toBe(1);
  });
});

describe("doctor", () => {
  const good = { name: "storage", hsm: null, isOk: true, tried: "list", found: "access", remedy: null };
  const bad = { name: "role", hsm: "contoso", isOk: false, tried: "a look", found: "HTTP 403", remedy: "Grant it." };

  test("shows what was found, and for what fails what was tried and the remedy, with code 1", async () => {
    const { exitCode, stdout } = await cli(["doctor"], { isOk: false, now: NOW, checks: [good, bad] });
    expect(stdout).toBe(`ok      storage: access
FAILED  role contoso: HTTP 403
        tried: a look
        remedy: Grant it.
`);
    expect(exitCode).toBe(1);
  });

  test("is a success where every check is", async () => {
    expect((await cli(["doctor"], { isOk: true, now: NOW, checks: [good] })).exitCode).toBe(0);
  });
});

describe("text from the app", () => {
  const hostile = `\u001b]0;evil\u0007\u001b[31m\r\n\u202Egnp.exe\u2066 ${"x".repeat(10_000)}`;

  test.each([
    ["a problem of an HSM", ["hsms"], someHsms(anHsm({ problem: hostile }))],
    ["a name of an HSM", ["hsms"], someHsms(anHsm({ hsm: hostile }))],
    [
      "an error of a run",
      ["show", "contoso", RUN],
      aRecord({ state: "Failed", error: { code: hostile, message: hostile, inner: [hostile], remedy: hostile } }),
    ],
    ["a container of a run", ["show", "contoso", RUN], aRecord({ container: hostile })],
    [
      "a check of the doctor",
      ["doctor"],
      {
        isOk: false,
        now: NOW,
        checks: [{ name: hostile, hsm: hostile, isOk: false, tried: hostile, found: hostile, remedy: hostile }],
      },
    ],
    ["an error of the app", ["hsms"], { error: { code: "x", message: hostile } }, 500],
  ])("can't steer the terminal, nor fill it: %s", async (_what, args, answer, status = 200) => {
    const { stdout, stderr } = await cli(args, answer, status, { isTTY: true, env: { NO_COLOR: "1" } });
    expect(stdout + stderr).toContain("evil");
    expect(stdout + stderr).not.toMatch(/[^\n\P{Cc}]|[\u202A-\u202E\u2066-\u2069]/u);
    expect((stdout + stderr).length).toBeLessThan(5_000);
  });
});
