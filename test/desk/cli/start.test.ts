import { afterEach, describe, expect, test } from "vitest";
import { type Answer, type Asked, type FakeApp, json, refusal, startFakeApp } from "../fake-app.ts";
import { anHsm, aRecord, RUN, someHsms } from "../some-answers.ts";
import { KEY, type RunOptions, runCli } from "./run-cli.ts";

const NOT_ENDED = { endedAt: null, blobCount: null, bytes: null, folderUrl: null };
const STARTING = aRecord({ ...NOT_ENDED, state: "Starting", jobId: null });
const IN_PROGRESS = aRecord({ ...NOT_ENDED, state: "InProgress" });
const FAILED = aRecord({
  ...NOT_ENDED,
  state: "Failed",
  endedAt: "2026-11-23T02:06:43.000Z",
  error: { code: "Forbidden", message: "could not start a full backup.", inner: [], remedy: "Grant the role." },
});
const SHOW = `mhsm-backup show contoso ${RUN}`;

let app: FakeApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

const isStart = ({ method }: Asked): boolean => method === "POST";
const isLook = ({ path }: Asked): boolean => path.startsWith("/api/backups/");

type Script = { readonly starts?: readonly Answer[]; readonly looks?: readonly Answer[]; readonly hsms?: Answer };

/** An app whose answers to starts and looks come one after the other; the last is given again and again. */
async function startOf({ starts = [json(STARTING, 202)], looks = [], hsms = json(someHsms(anHsm())) }: Script) {
  const counts = { starts: 0, looks: 0 };
  app = await startFakeApp((asked) => {
    const [name, answers] = isStart(asked) ? (["starts", starts] as const) : (["looks", looks] as const);
    if (!isStart(asked) && !isLook(asked)) return hsms;
    counts[name] += 1;
    return answers[Math.min(counts[name], answers.length) - 1] ?? "cut";
  });
  return app.url;
}

const wait = async (script: Script, options: RunOptions = {}, ...more: readonly string[]) =>
  runCli(["start", "contoso", "--wait", ...more], { url: await startOf(script), ...options });

describe("start", () => {
  test("prints the id of the run, and on standard error how to look at it", async () => {
    const ran = await runCli(["start", "Contoso"], { url: await startOf({}) });
    expect(ran).toMatchObject({ exitCode: 0, stdout: `${RUN}\n` });
    expect(ran.stderr).toBe(`The backup of contoso was started. Look at it: ${SHOW}\n`);
    expect(app?.asked).toMatchObject([
      { method: "POST", body: '{"hsm":"contoso"}', headers: { "x-functions-key": KEY } },
    ]);
  });

  test("prints the app's answer with --json", async () => {
    const { stdout } = await runCli(["start", "contoso", "--json"], { url: await startOf({}) });
    expect(JSON.parse(stdout)).toEqual(STARTING);
  });

  test("repeats a start that was not answered with the same key, so that it finds its own run", async () => {
    const url = await startOf({ starts: ["cut", { status: 502, text: "<html>" }, json(STARTING, 202)] });
    const { exitCode, stdout, stderr, pauses } = await runCli(["start", "contoso"], { url });
    expect({ exitCode, stdout, pauses }).toEqual({ exitCode: 0, stdout: `${RUN}\n`, pauses: [2, 5] });
    expect(stderr).toContain("The start was not answered. Repeating it: the app starts one backup only.");
    const keys = app?.asked.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual(["one-random-text", "one-random-text", "one-random-text"]);
  });

  test("gives up after three, and says that the backup may run", async () => {
    const url = await startOf({ starts: [{ status: 429, text: "", headers: { "retry-after": "7" } }] });
    const { exitCode, stdout, stderr, pauses } = await runCli(["start", "contoso"], { url });
    expect({ exitCode, stdout, pauses }).toEqual({ exitCode: 4, stdout: "", pauses: [7, 7] });
    expect(stderr).toContain(
      "If the start has reached the app, the backup runs. See: mhsm-backup runs --hsm contoso\n",
    );
  });

  test.each([
    [
      "another run is active",
      refusal(409, "backupRunning", `A backup of contoso is running: ${RUN}`),
      6,
      /is running: .*\nLook at it with mhsm-backup show/,
    ],
    ["no such HSM", refusal(404, "hsmNotFound", "hsm: expected one of fabrikam"), 5, /expected one of fabrikam/],
    ["settings that are wrong", refusal(503, "settingsRejected", "BACKUP_SCHEDULE: …"), 1, /^BACKUP_SCHEDULE/],
    ["a key that is wrong", { status: 401, text: "" }, 3, /refused the key.*\n.*--key-file or MHSM_BACKUP_KEY_FILE/],
    ["a page", { status: 200, text: "<html>" }, 4, /not an answer of the app.*\n.*MHSM_BACKUP_URL/],
    ["a redirect", { status: 302, text: "", headers: { location: "/login" } }, 4, /redirected elsewhere/],
    ["an app that is stopped", { status: 403, text: "<html>" }, 4, /not stopped/],
  ] as const)("is told once, with what to do: %s", async (_what, answer, exitCode, stderr) => {
    const ran = await runCli(["start", "contoso", "--wait"], { url: await startOf({ starts: [answer] }) });
    expect(ran).toMatchObject({ exitCode, stdout: "", stderr: expect.stringMatching(stderr), pauses: [] });
    expect(ran.stderr).not.toContain(KEY);
    expect(app?.asked).toHaveLength(1);
  });
});

describe("start --wait", () => {
  test("writes plain lines into a log: each state, and each minute, against the usual duration", async () => {
    const looks = [json(STARTING), ...Array.from({ length: 26 }, () => json(IN_PROGRESS)), json(aRecord())];
    const { exitCode, stdout, stderr, pauses } = await wait({ looks });
    expect(stderr).toBe(`The backup of contoso was started: ${RUN}
09:38:00 UTC  contoso: Starting, 0 s of the usual 6 min 31 s
09:38:05 UTC  contoso: InProgress, 5 s of the usual 6 min 31 s
09:39:05 UTC  contoso: InProgress, 1 min 5 s of the usual 6 min 31 s
09:40:05 UTC  contoso: InProgress, 2 min 5 s of the usual 6 min 31 s
`);
    expect(stdout).toMatch(/^run .*\nhsm .*\nstate {6}Succeeded\n/);
    expect(exitCode).toBe(0);
    // One look every five seconds.
    expect(new Set(pauses)).toEqual(new Set([5]));
  });

  test("rewrites one line on a terminal, once a second, and clears it at the end", async () => {
    const looks = [json(STARTING), json(IN_PROGRESS), json(aRecord())];
    const { stdout, stderr, pauses } = await wait({ looks }, { isTTY: true });
    const lines = stderr.split("\r\u001b[2K");
    expect(lines[0]).toBe(`The backup of contoso was started: ${RUN}\n`);
    expect(lines[1]).toBe("contoso  Starting  [░░░░░░░░░░░░░░░░░░░░░░░]   0 %  0 s of the usual 6 min 31 s");
    expect(lines.at(-2)).toBe("contoso  InProgress  [░░░░░░░░░░░░░░░░░░░░]   2 %  10 s of the usual 6 min 31 s");
    expect(lines.at(-1)).toBe("");
    expect(pauses).toEqual(Array.from({ length: 10 }, () => 1));
    expect(stdout).toContain("state      Succeeded\n");
  });

  test("prints nothing but the record with --json", async () => {
    const { stdout } = await wait({ looks: [json(IN_PROGRESS), json(aRecord())] }, {}, "--json");
    expect(JSON.parse(stdout)).toEqual(aRecord());
  });

  test("is code 1 for a run that ends without success, with its error and remedy", async () => {
    const { exitCode, stdout } = await wait({ looks: [json(FAILED)] });
    expect(stdout).toMatch(/\nerror .*could not start a full backup.\nremedy {5}Grant the role.\n$/);
    expect(exitCode).toBe(1);
  });

  test("shows the time only where the usual duration is not known", async () => {
    const looks = [json(IN_PROGRESS), json(aRecord())];
    for (const hsms of [refusal(500, "unexpected", "bug"), json(someHsms(anHsm({ usualSeconds: null })))]) {
      const { exitCode, stderr } = await wait({ looks, hsms });
      expect(stderr).toContain("09:38:00 UTC  contoso: InProgress, 0 s\n");
      expect(exitCode).toBe(0);
      await app?.close();
    }
  });

  test("goes on where the app does not answer for a while, and says so once", async () => {
    const busy = { status: 503, text: "", headers: { "retry-after": "20" } };
    const storage = refusal(503, "noAnswer", "could not read the state");
    const looks = [json(IN_PROGRESS), "cut", busy, storage, json(IN_PROGRESS), json(aRecord())] as const;
    const { exitCode, stderr, pauses } = await wait({ looks });
    expect(exitCode).toBe(0);
    expect(pauses).toEqual([5, 5, 20, 5, 5]);
    expect(stderr.match(/The app does not answer; the backup goes on/g)).toHaveLength(1);
    expect(stderr.match(/The app answers again/g)).toHaveLength(1);
  });

  test("ends at once where the key is refused, and says how to look again", async () => {
    const { exitCode, stdout, stderr } = await wait({ looks: [json(IN_PROGRESS), { status: 401, text: "" }] });
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toContain(`The backup goes on. Look again: ${SHOW}\nThe app refused the key.`);
  });

  test("ends at the timeout with code 7: the backup goes on", async () => {
    const { exitCode, stdout, stderr, pauses } = await wait({ looks: [json(IN_PROGRESS)] }, {}, "--timeout", "1m2s");
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: "" });
    expect(stderr).toContain(`The timeout has come; the backup goes on. Look again: ${SHOW}\n`);
    expect(pauses.reduce((sum, each) => sum + each)).toBe(62);
  });

  test("ends at the timeout although the app holds a call open", async () => {
    const { exitCode, stderr } = await wait({ looks: ["never"] }, {}, "--timeout", "1s");
    expect(exitCode).toBe(7);
    expect(stderr).toContain("The timeout has come");
  });

  test("ends at the timeout although the app never answers again", async () => {
    const { exitCode } = await wait({ looks: ["cut"] }, {}, "--timeout", "2m");
    expect(exitCode).toBe(7);
  });

  test("ends at Ctrl-C with code 130, clears its line, and says that the backup goes on", async () => {
    const options = {
      isTTY: true,
      onPause: (seconds: number, stop: () => void) => (seconds === 3 ? stop() : undefined),
    };
    const { exitCode, stdout, stderr } = await wait({ looks: [json(IN_PROGRESS)] }, options);
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" });
    expect(stderr).toMatch(new RegExp(`\r\u001b\\[2KThe backup goes on. Look again: ${SHOW}\n$`));
  });

  test("needs no --wait beside --timeout", async () => {
    const url = await startOf({ looks: [json(aRecord())] });
    const { exitCode, stdout } = await runCli(["start", "contoso", "--timeout", "45m"], { url });
    expect(stdout).toContain("state      Succeeded\n");
    expect(exitCode).toBe(0);
  });
});
