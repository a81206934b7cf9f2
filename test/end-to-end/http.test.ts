import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordName } from "../../backup/ledger/records.ts";
import { list, parseFields } from "../../scripts/json.ts";
import { startChild } from "../child-process.ts";
import { DESCRIPTION } from "../described-answers.ts";
import { until } from "../until.ts";
import { errorIn, fieldsIn, healthOf, runsIn, startByHand, untilEnded } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { BY_HAND } from "./installation.ts";
import { viewLedger } from "./ledger-view.ts";
import { HOST_KEY, type RunningHost } from "./running-host.ts";

const COMMAND_LINE = fileURLToPath(new URL("../../desk/cli/main.ts", import.meta.url));

describe.concurrent("the app over HTTP", () => {
  let app: AppWorld;
  let host: RunningHost;
  beforeAll(async () => {
    app = await startAppWorld(["contoso", "twofold", "repeated", "damaged", "followed"]);
    host = await app.startHost(BY_HAND);
  }, 60_000);
  afterAll(() => app?.stop());

  test("a backup started by hand is followed to a verified end, and its record is found by the address in Location", async () => {
    const answer = await host.post('{"hsm":"Contoso"}');
    expect(answer.status).toBe(202);
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    const { id, state } = fieldsIn(answer);
    expect(state).toBe("Starting");
    expect(answer.headers.get("location")).toBe(`/api/backups/contoso/${id}`);

    const record = await untilEnded(host, "contoso", id);
    expect(record).toMatchObject({ schemaVersion: 1, hsm: "contoso", trigger: "manual", slot: null });
    expect(record.state).toBe("Succeeded");
    expect(record.blobCount).toBeGreaterThan(0);
    expect(record.bytes).toBeGreaterThan(0);
    const shown = { id, state: "Succeeded", blobCount: record.blobCount, bytes: record.bytes };
    for (const path of ["/api/backups?hsm=contoso", "/api/backups"])
      expect(runsIn(await host.get(path)).filter(({ hsm }) => hsm === "contoso")).toMatchObject([shown]);
    const entry = await until("health shows it", async () =>
      (await healthOf(host)).hsms.find((each) => each.hsm === "contoso" && each.running === null),
    );
    expect(entry).toMatchObject({ newestSuccessRun: id, isOverdue: false, problem: null });
    const hsms = list(fieldsIn(await host.get("/api/hsms")), "hsms");
    const seen = { newestSuccessRun: id, newestBytes: record.bytes, isConfigured: true, active: null };
    expect(hsms.find(({ hsm }) => hsm === "contoso")).toMatchObject(seen);
  });

  test("the description of the API is served, and the coverage of an HSM without slots is empty", async () => {
    expect((await host.get("/api/openapi.json")).body).toEqual(DESCRIPTION);
    const coverage = { hsm: "contoso", days: 90, slots: [], cursor: null };
    expect(fieldsIn(await host.get("/api/hsms/Contoso/coverage"))).toMatchObject(coverage);
  });

  test("an answer that has not changed is 304 without a body; every answer has the app's clock", async () => {
    const path = "/api/backups?hsm=contoso&state=TimedOut";
    const first = await host.get(path);
    const etag = first.headers.get("etag") ?? "";
    const again = await host.get(path, { "if-none-match": etag });
    expect([first.status, again.status, again.text, again.headers.get("etag")]).toEqual([200, 304, "", etag]);
    for (const { headers } of [first, again]) {
      expect(Date.parse(headers.get("date") ?? "")).not.toBeNaN();
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  test("of two starts at once one is accepted; the other gets its address and leaves no trace", async () => {
    const answers = await Promise.all([host.post('{"hsm":"twofold"}'), host.post('{"hsm":"twofold"}')]);
    const [accepted, refused] = answers.toSorted((a, b) => a.status - b.status);
    if (accepted === undefined || refused === undefined) throw new Error("There are two answers.");
    expect([accepted.status, refused.status]).toEqual([202, 409]);
    const { id } = fieldsIn(accepted);
    expect(errorIn(refused).code).toBe("backupRunning");
    expect(refused.headers.get("location")).toBe(`/api/backups/twofold/${id}`);
    await untilEnded(host, "twofold", id);
    expect(runsIn(await host.get("/api/backups?hsm=twofold")).map((run) => run.id)).toEqual([id]);
  });

  test("the same Idempotency-Key twenty times at once, and again after the end, is one run", async () => {
    const send = () => host.post('{"hsm":"repeated"}', { "idempotency-key": "tonight" });
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const ids = new Set(answers.map((answer) => fieldsIn(answer).id));
    expect(ids.size).toBe(1);
    const [id] = ids;
    await untilEnded(host, "repeated", id);
    expect(fieldsIn(await send())).toMatchObject({ id, state: "Succeeded" });
    await until("the run is released", async () => (await viewLedger(app.ledger, "repeated")).state?.active === null);
    expect((await viewLedger(app.ledger, "repeated")).records).toHaveLength(1);
  });

  test("a record that can't be read is reported, the others are listed, and a cursor continues the list", async () => {
    const id = await startByHand(host, "damaged");
    await untilEnded(host, "damaged", id);
    await until("it is released", async () => (await viewLedger(app.ledger, "damaged")).state?.active === null);
    const bad = "20260101T000000Z-1-aaaaaaaa";
    await app.ledger.getBlockBlobClient(recordName("damaged", bad)).upload("not a record", 12);

    const path = "/api/backups?hsm=damaged";
    expect(runsIn(await host.get(path))).toMatchObject([
      { id, state: "Succeeded" },
      { id: bad, state: "Unreadable" },
    ]);
    const answer = await host.get(`/api/backups/damaged/${bad}`);
    expect([answer.status, errorIn(answer).code]).toEqual([409, "recordUnreadable"]);

    const page = await host.get(`${path}&limit=1`);
    const { cursor } = fieldsIn(page);
    expect(runsIn(page).map((run) => run.id)).toEqual([id]);
    expect(runsIn(await host.get(`${path}&limit=1&cursor=${cursor}`)).map((run) => run.id)).toEqual([bad]);
    expect((await host.get(`/api/backups?hsm=contoso&cursor=${cursor}`)).status).toBe(400);
  });

  test("the command line starts a backup, waits for its verified end, and shows what an operator asks", async () => {
    const run = async (...args: readonly string[]) => {
      const env = { MHSM_BACKUP_URL: host.url, MHSM_BACKUP_KEY: HOST_KEY };
      const child = startChild([COMMAND_LINE, ...args], { env });
      const exitCode = await child.exited;
      return { exitCode, stdout: child.stdout.join("\n"), stderr: child.stderr.join("\n") };
    };
    const started = await run("start", "followed", "--wait", "--json");
    expect(started.exitCode, started.stderr).toBe(0);
    const record = parseFields(started.stdout, "record");
    expect(record).toMatchObject({ hsm: "followed", state: "Succeeded", trigger: "manual" });

    await until("it is released", async () => (await viewLedger(app.ledger, "followed")).state?.active === null);
    expect((await run("hsms")).stdout).toMatch(/^followed {2,}ok /m);
    expect((await run("runs", "--hsm", "followed")).stdout).toMatch(new RegExp(`^${record.id} +Succeeded `, "m"));
    expect((await run("show", "followed", String(record.id))).stdout).toMatch(/^state +Succeeded$/m);
    expect((await run("coverage", "followed")).stdout).toMatch(/^\d+ of \d+ slots? covered/m);
    const restore = await run("restore-command", "followed", "--access", "managedIdentity");
    expect(restore.stdout).toContain(`--blob-container-name ${record.container} --backup-folder mhsm-followed-`);
    expect((await run("doctor")).stdout).toMatch(/^ok {6}ledger: /m);
    expect((await run("show", "followed", "20260101T000000Z-1-aaaaaaaa")).exitCode).toBe(5);
  });
});
