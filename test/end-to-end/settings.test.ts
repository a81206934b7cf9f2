import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULTS } from "../../backup/settings/read-settings.ts";
import { until } from "../until.ts";
import { errorIn, healthOf } from "./answers.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { untilBackedUp } from "./ledger-view.ts";

const SECRET = "sig=verysecretsignature";
// The host itself needs its storage.
const EVERYTHING_WRONG = {
  BACKUP_HSM_URLS: "http://contoso.managedhsm.azure.net",
  BACKUP_STORAGE_URL: `https://account.blob.core.windows.net/?${SECRET}`,
  BACKUP_SCHEDULE: "every day",
  BACKUP_CONTAINER_PREFIX: "Backups",
  BACKUP_LEDGER: "My Ledger",
  BACKUP_AUTHENTICATION: "password",
  BACKUP_SAS_LIFETIME: "P30D",
  BACKUP_HSM_API_VERSION: "6.0",
  BACKUP_DEADLINE: "soon",
  BACKUP_MAX_AGE: "PT1S",
  BACKUP_PING_URL: `http://example.org/${SECRET}`,
  BACKUP_UNHEARD_OF: "1",
};

describe("settings", () => {
  let app: AppWorld;
  beforeAll(async () => {
    app = await startAppWorld(["contoso", "fabrikam"]);
  }, 60_000);
  afterAll(() => app?.stop());

  test("with every setting wrong the app loads: each route answers 503 with all problems, and the timer logs them at every tick", async () => {
    const host = await app.startHost(EVERYTHING_WRONG);
    const names = Object.keys(EVERYTHING_WRONG);
    expect(names).toEqual(expect.arrayContaining(Object.keys(DEFAULTS)));
    const answers = [
      await host.get("/api/health"),
      await host.post('{"hsm":"contoso"}'),
      await host.get("/api/backups"),
      await host.get("/api/backups/contoso/20261123T020000Z-1-aaaaaaaa"),
    ];
    for (const answer of answers) {
      expect([answer.status, errorIn(answer).code]).toEqual([503, "settingsRejected"]);
      for (const name of names) expect(errorIn(answer).message).toContain(`${name}: `);
    }
    const rejected = await until("the timer has fired twice", () => {
      const events = host.events("settings.rejected");
      return events.length >= 2 * names.length && events;
    });
    const ofTwoTicks = rejected.slice(0, 2 * names.length).map(({ setting }) => String(setting));
    expect(ofTwoTicks.toSorted()).toEqual([...names, ...names].toSorted());
    for (const said of [...host.lines(), ...answers.map(({ text }) => text)])
      expect(said).not.toContain("verysecretsignature");
    await host.kill();
  });

  test("with one HSM of three misnamed and an unknown setting, the other two are backed up, and log and health say what is wrong", async () => {
    const host = await app.startHost({
      BACKUP_HSM_URLS: `${app.world.settings.BACKUP_HSM_URLS},https://contoso.vault.azure.net`,
      BACKUP_RETENSION: "daily=7",
    });
    await Promise.all(["contoso", "fabrikam"].map((hsm) => untilBackedUp(app.ledger, hsm)));
    const rejected = host.events("settings.rejected").map(({ setting }) => setting);
    expect(new Set(rejected)).toEqual(new Set(["BACKUP_HSM_URLS", "BACKUP_RETENSION"]));
    const { status, hsms, problems } = await healthOf(host);
    expect(status).toBe(503);
    expect(problems).toMatchObject([{ setting: "BACKUP_RETENSION" }, { setting: "BACKUP_HSM_URLS" }]);
    expect(hsms).toMatchObject([
      { hsm: "contoso", isOverdue: false },
      { hsm: "fabrikam", isOverdue: false },
    ]);
  });
});
