import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../../../backup/model/instant.ts";
import { followQueueOf, poisonQueueOf } from "../../../backup/settings/read-settings.ts";
import { STORAGE } from "../samples.ts";
import { REQUIRED, usable, VERSION } from "../some-settings.ts";

describe("the settings", () => {
  it("have a default for everything but the HSMs and the storage", () => {
    const { schedule, ...settings } = usable();
    expect(schedule.text).toBe("0 0 2 * * *");
    expect(settings).toEqual({
      app: "local",
      version: VERSION,
      ledger: "backup-runs",
      hsms: [{ name: "contoso", url: REQUIRED.BACKUP_HSM_URLS }],
      storageUrl: STORAGE,
      containerPrefix: "mhsm-backup",
      authentication: "sas",
      sasLifetime: 25 * HOUR,
      hsmApiVersion: "7.4",
      deadline: 6 * HOUR,
      maxAge: null,
      pingUrl: null,
      problems: [],
    });
  });

  it.each([
    ["BACKUP_STORAGE_URL", `${STORAGE}/`, { storageUrl: STORAGE }],
    [
      "BACKUP_STORAGE_URL",
      "https://127.0.0.1:10000/devstoreaccount1/",
      { storageUrl: "https://127.0.0.1:10000/devstoreaccount1" },
    ],
    ["WEBSITE_SITE_NAME", "contoso-backup", { app: "contoso-backup" }],
    ["BACKUP_LEDGER", "night-runs", { ledger: "night-runs" }],
    ["BACKUP_LEDGER", "l".repeat(45), { ledger: "l".repeat(45) }],
    ["BACKUP_SCHEDULE", "0 0 23 * * *", { schedule: expect.objectContaining({ text: "0 0 23 * * *" }) }],
    ["BACKUP_CONTAINER_PREFIX", "vault", { containerPrefix: "vault" }],
    ["BACKUP_AUTHENTICATION", "sas", { authentication: "sas" }],
    ["BACKUP_AUTHENTICATION", "managedIdentity", { authentication: "managedIdentity", hsmApiVersion: "7.5" }],
    ["BACKUP_SAS_LIFETIME", "PT12H", { sasLifetime: 12 * HOUR }],
    ["BACKUP_SAS_LIFETIME", "P6D", { sasLifetime: 6 * DAY }],
    ["BACKUP_HSM_API_VERSION", "7.6", { hsmApiVersion: "7.6" }],
    ...["2025-07-01", "2026-07-01-preview", "7.2-preview", "7.6-preview.2"].map((version): [string, string, object] => [
      "BACKUP_HSM_API_VERSION",
      version,
      { hsmApiVersion: version },
    ]),
    ["BACKUP_DEADLINE", "PT2H", { deadline: 2 * HOUR }],
    ["BACKUP_DEADLINE", "PT24H", { deadline: DAY }],
    ["BACKUP_MAX_AGE", "P2D", { maxAge: 2 * DAY }],
    [
      "BACKUP_HSM_URLS",
      "https://127.0.0.1:8443/contoso",
      { hsms: [{ name: "contoso", url: "https://127.0.0.1:8443/contoso" }] },
    ],
  ])("%s can be %s", (name, value, expected) => {
    expect(usable({ [name]: value })).toMatchObject({ ...expected, problems: [] });
  });

  it.each(["", "   "])("have their default where one is %j, and lose the spaces around a value", (blank) => {
    expect(usable({ BACKUP_DEADLINE: blank, BACKUP_MAX_AGE: blank, BACKUP_SAS_LIFETIME: " PT12H " })).toMatchObject({
      deadline: 6 * HOUR,
      maxAge: null,
      pingUrl: null,
      sasLifetime: 12 * HOUR,
      problems: [],
    });
  });

  it("have a queue beside the ledger, and the host's queue for messages that failed", () => {
    expect([followQueueOf("night-runs"), poisonQueueOf("night-runs")]).toEqual([
      "night-runs-follow-ups",
      "night-runs-follow-ups-poison",
    ]);
  });

  it("ignore names that don't begin with BACKUP_", () => {
    expect(
      usable({ PATH: "/bin", AzureWebJobsStorage: "x", MY_BACKUP_URL: "y", WEBSITE_BACKUP_: "z" }).problems,
    ).toEqual([]);
  });
});

describe("an HSM's own identity", () => {
  const BY_IDENTITY = { BACKUP_AUTHENTICATION: "managedIdentity" };

  it.each(["7.5", "7.5-preview.1", "7.6", "2025-07-01", "2026-01-01-preview"])(
    "can be used with the api-version %s",
    (version) => {
      const settings = usable({ ...BY_IDENTITY, BACKUP_HSM_API_VERSION: version });
      expect(settings).toMatchObject({ authentication: "managedIdentity", hsmApiVersion: version, problems: [] });
    },
  );

  it.each(["7.2", "7.3", "7.4", "7.4-preview.1", "latest", "7.5-preview.", "7.5.1"])(
    "can't be used with the api-version %s: that is reported, and 7.5 is used",
    (version) => {
      const settings = usable({ ...BY_IDENTITY, BACKUP_HSM_API_VERSION: version });
      expect(settings).toMatchObject({ authentication: "managedIdentity", hsmApiVersion: "7.5" });
      expect(settings.problems).toEqual([
        {
          setting: "BACKUP_HSM_API_VERSION",
          problem: expect.stringMatching(/expected .*7\.5 .*managedIdentity.* is used$/),
        },
      ]);
    },
  );

  it("lets a deadline be longer than a SAS would live", () => {
    expect(usable({ ...BY_IDENTITY, BACKUP_DEADLINE: "P2D" })).toMatchObject({ deadline: 2 * DAY, problems: [] });
    expect(usable({ ...BY_IDENTITY, BACKUP_DEADLINE: "P7D" }).problems).toMatchObject([{ setting: "BACKUP_DEADLINE" }]);
  });
});

describe("a deadline", () => {
  it("may be anything shorter than the SAS lifetime", () => {
    expect(usable({ BACKUP_DEADLINE: "PT24H59M" })).toMatchObject({ deadline: 25 * HOUR - MINUTE, problems: [] });
  });

  it.each([
    ["PT25H", undefined],
    ["P3D", undefined],
    ["PT6H", "PT5H"],
    [undefined, "PT1H"],
  ])("of %s with a SAS of %s is reported and replaced by a shorter one", (deadline, lifetime) => {
    const settings = usable({ BACKUP_DEADLINE: deadline, BACKUP_SAS_LIFETIME: lifetime });
    expect(settings.deadline).toBeLessThan(settings.sasLifetime);
    expect(settings.deadline).toBeGreaterThan(0);
    expect(settings.problems).toEqual([{ setting: "BACKUP_DEADLINE", problem: expect.stringContaining("expected") }]);
  });
});
