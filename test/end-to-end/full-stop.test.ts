import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fields, fieldsOf } from "../../backup/fields.ts";
import { DAY } from "../../backup/instant.ts";
import { until } from "../until.ts";
import { errorIn, healthOf } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { FAST_INTERVALS } from "./fast-intervals.ts";
import { openGate } from "./gate.ts";
import { knowSince, untilBackedUp } from "./ledger-view.ts";
import type { RunningHost } from "./running-host.ts";

const LEDGER = "backup-runs";
const MAKE_LEDGER = `az storage container create --name ${LEDGER}`;
const EVERY_TEN_SECONDS = { BACKUP_SCHEDULE: "PT10S" };

describe("a full stop", () => {
  let world: AppWorld;
  beforeAll(async () => {
    world = await startAppWorld(["contoso", "fabrikam", "unledgered", "refused", "nobody"], "short");
  }, 60_000);
  afterAll(() => world?.stop());

  const yesterday = () => new Date(Date.now() - DAY);

  test.concurrent("while the ledger's container is gone everything names it, and nothing makes it; once it is there again, so are cards, backups and health", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    const hsms = ["contoso", "fabrikam"];
    const host = await app.startHost({ ...world.only(...hsms), ...EVERY_TEN_SECONDS });
    await Promise.all(hsms.map((hsm) => untilBackedUp(app.ledger, hsm)));
    expect((await healthOf(host)).status).toBe(200);

    await app.ledger.delete();
    await untilAllSay(host, hsms, MAKE_LEDGER);
    await expectFullStop(host, "contoso", 404, MAKE_LEDGER);
    // The look that met it first may have read the card before.
    const later = await until("every HSM is looked at again", () => {
      const lines = hsms.map((hsm) => checks(host, hsm).slice(findFirst(checks(host, hsm), MAKE_LEDGER) + 1));
      return lines.every(({ length }) => length > 0) && lines.flat();
    });
    expect(later.filter(looksWell)).toEqual([]);
    expect(await app.ledger.exists()).toBe(false);

    const again = new Date().toISOString();
    await app.ledger.create();
    const views = await Promise.all(hsms.map((hsm) => untilBackedUp(app.ledger, hsm)));
    await until("health is well", async () => (await healthOf(host)).status === 200);
    for (const { card, records } of views) {
      expect(String(card?.since) > again).toBe(true);
      expect(records[0]).toMatchObject({ state: "Succeeded", trigger: "schedule" });
      expect(String(records[0]?.slot) > again).toBe(true);
    }
  });

  test.concurrent("while the role on the ledger's account is gone everything names it; once it is given again, the slot is backed up", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    await knowSince(app.ledger, "unledgered", yesterday());
    const gone = app.blobGate.refuse(({ path }) => path.includes(`/${LEDGER}`), {
      status: 403,
      headers: { "x-ms-error-code": "AuthorizationPermissionMismatch" },
    });
    const host = await app.startHost(world.only("unledgered"));
    await untilAllSay(host, ["unledgered"], "Storage Blob Data Owner");
    await expectFullStop(host, "unledgered", 403, "Storage Blob Data Owner");

    gone.stop();
    const { records } = await untilBackedUp(app.ledger, "unledgered");
    expect(records).toMatchObject([{ state: "Succeeded", trigger: "schedule" }]);
    await until("health is well", async () => (await healthOf(host)).status === 200);
  });

  test.concurrent("while the HSM's own role is gone a run says so at once and fails after some time; the next try succeeds when it is given again", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    await knowSince(app.ledger, "refused", yesterday());
    await world.control("POST", "refused", "faults", [
      { fault: "status", operation: "backup", status: 403, code: "Forbidden", times: 1_000 },
    ]);
    const host = await app.startHost(world.only("refused"));
    const refused = await until("the refusal is told", () => host.events("backup.refused")[0]);
    expect(host.events("backup.failed")).toEqual([]);
    const failed = await until("the run has failed", () => host.events("backup.failed")[0]);
    await world.control("DELETE", "refused", "faults");
    const { card, records } = await untilBackedUp(app.ledger, "refused");

    const role = expect.stringMatching(/az keyvault role assignment create --hsm-name refused .*"Managed HSM Backup"/);
    expect(refused).toMatchObject({ hsm: "refused", reason: "denied", status: 403, remedy: role });
    expect(failed).toMatchObject({ run: refused.run, code: "Forbidden", remedy: role });
    const [first] = records.filter(({ id }) => id === refused.run);
    expect(first).toMatchObject({ state: "Failed", error: { code: "Forbidden", remedy: role } });
    expect(timeTried(first)).toBeGreaterThanOrEqual(FAST_INTERVALS.denialGrace);
    const tries = records.filter(({ slot }) => slot === first?.slot).map(({ state }) => state);
    expect(tries.filter((state) => state === "Succeeded")).toEqual(["Succeeded"]);
    expect(card?.failuresInARow).toBe(0);
  });

  test.concurrent("while the app's identity is gone its run says so, and goes on when it is given again", {
    timeout: 90_000,
  }, async ({ onTestFinished }) => {
    const app = await world.installAnother();
    onTestFinished(app.stop);
    const { origin, pathname } = new URL(world.world.settings.IDENTITY_ENDPOINT);
    const identity = await openGate(origin);
    onTestFinished(identity.close);
    const gone = identity.refuse(() => true, {
      status: 400,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ statusCode: 400, message: "No managed identity was found for this app." }),
    });
    await knowSince(app.ledger, "nobody", yesterday());
    const host = await app.startHost({ ...world.only("nobody"), IDENTITY_ENDPOINT: `${identity.url}${pathname}` });
    const refused = await until("the refusal is told", () => host.events("backup.refused")[0]);
    gone.stop();
    const { records } = await untilBackedUp(app.ledger, "nobody");
    expect(refused).toMatchObject({ hsm: "nobody", remedy: expect.stringContaining("az functionapp identity assign") });
    expect(records).toMatchObject([{ id: refused.run, state: "Succeeded" }]);
  });
});

const checks = (host: RunningHost, hsm: string): readonly Fields[] =>
  host.events("backup.checked").filter((line) => line.hsm === hsm);

const looksWell = ({ isOverdue, problem }: Fields): boolean => isOverdue === false || problem === null;

const findFirst = (lines: readonly Fields[], remedy: string): number =>
  lines.findIndex(({ problem }) => String(problem).includes(remedy));

/** Waits until the timer tells this remedy of every HSM. */
const untilAllSay = (host: RunningHost, hsms: readonly string[], remedy: string) =>
  until(`every HSM is told with ${remedy}`, () => hsms.every((hsm) => findFirst(checks(host, hsm), remedy) !== -1));

/** Health, a start by hand and the list all say that the ledger can't be used, and what to do. */
async function expectFullStop(host: RunningHost, hsm: string, status: number, remedy: string): Promise<void> {
  const health = await healthOf(host);
  expect(health.status).toBe(503);
  expect(health.hsms).not.toEqual([]);
  for (const entry of health.hsms) {
    expect(entry).toMatchObject({ isOverdue: true, problem: expect.stringContaining(remedy) });
    expect(entry.problem).toContain(LEDGER);
  }
  for (const answer of [await host.post(JSON.stringify({ hsm })), await host.get("/api/backups")]) {
    expect(answer.status).toBe(503);
    expect(errorIn(answer).message).toContain(remedy);
    expect(errorIn(answer).message).toContain(`HTTP ${status}`);
  }
}

/** Milliseconds between the first refusal of a run and its last. */
function timeTried(record: Fields | undefined): number {
  const { attempts } = record ?? {};
  const outcomes = Array.isArray(attempts)
    ? attempts.map((attempt) => fieldsOf(fieldsOf(attempt, "attempt").outcome, "outcome"))
    : [];
  return Date.parse(String(outcomes.at(-1)?.at)) - Date.parse(String(outcomes[0]?.at));
}
