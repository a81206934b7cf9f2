import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fieldsOf } from "../../backup/fields.ts";
import { DAY } from "../../backup/instant.ts";
import { DEFAULTS } from "../../backup/read-settings.ts";
import { until } from "../until.ts";
import { type AppWorld, startAppWorld } from "./app-world.ts";
import { knowSince, viewLedger } from "./ledger-view.ts";

const SECRET = "sig=verysecretsignature";
const EVERYTHING_WRONG = {
  BACKUP_HSM_URLS: "http://contoso.managedhsm.azure.net",
  BACKUP_STORAGE_URL: `https://account.blob.core.windows.net/?${SECRET}`,
  BACKUP_SCHEDULE: "every day",
  BACKUP_CONTAINER_PREFIX: "Backups",
  BACKUP_AUTHENTICATION: "password",
  BACKUP_SAS_LIFETIME: "P30D",
  BACKUP_HSM_API_VERSION: "6.0",
  BACKUP_DEADLINE: "soon",
  BACKUP_MAX_AGE: "PT1H",
  BACKUP_UNHEARD_OF: "1",
  AzureWebJobsStorage: undefined,
};

describe("settings", () => {
  let app: AppWorld;
  beforeAll(async () => {
    app = await startAppWorld(["contoso", "fabrikam"]);
  }, 60_000);
  afterAll(() => app?.stop());

  test("with every setting wrong at once the app refuses to load, with one line per setting and no secret", async () => {
    const host = await app.startHost(EVERYTHING_WRONG);
    expect(await host.ended).toBe(1);
    const said = host.lines().join("\n");
    for (const name of Object.keys(EVERYTHING_WRONG)) {
      expect(
        host.lines().filter((line) => line.trimStart().startsWith(`${name}`)),
        name,
      ).toHaveLength(1);
    }
    expect(Object.keys(EVERYTHING_WRONG)).toEqual(expect.arrayContaining(Object.keys(DEFAULTS)));
    expect(said).not.toContain("verysecretsignature");
  }, 30_000);

  test("with one HSM of three misnamed and a setting that nobody knows, the other two are backed up, and log and health say what is wrong", async () => {
    for (const hsm of ["contoso", "fabrikam"]) await knowSince(app.ledger, hsm, new Date(Date.now() - DAY));
    const host = await app.startHost({
      BACKUP_HSM_URLS: `${app.world.settings.BACKUP_HSM_URLS},https://contoso.vault.azure.net`,
      BACKUP_RETENSION: "daily=7",
    });
    for (const hsm of ["contoso", "fabrikam"]) {
      await until(
        `${hsm} has its backup`,
        async () => (await viewLedger(app.ledger, hsm)).card?.newestSuccess ?? undefined,
        60,
      );
    }
    const rejected = host.events("settings.rejected");
    expect(new Set(rejected.map(({ setting }) => setting))).toEqual(new Set(["BACKUP_HSM_URLS", "BACKUP_RETENSION"]));
    const health = await host.get("/api/health");
    const { problems, hsms } = fieldsOf(health.body, "health");
    expect(problems).toMatchObject([{ setting: "BACKUP_RETENSION" }, { setting: "BACKUP_HSM_URLS" }]);
    expect(hsms).toMatchObject([
      { hsm: "contoso", isOverdue: false },
      { hsm: "fabrikam", isOverdue: false },
    ]);
  }, 90_000);
});
