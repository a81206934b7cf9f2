import { describe, expect, it } from "vitest";
import { HOUR } from "../../../backup/model/instant.ts";
import { SAS, SIGNATURE, STORAGE } from "../samples.ts";
import { problemsOf, REQUIRED, read, usable } from "../some-settings.ts";

describe("a wrong setting with a default", () => {
  it.each([
    ["BACKUP_SAS_LIFETIME", "PT59M", { sasLifetime: 25 * HOUR }],
    ["BACKUP_SAS_LIFETIME", "P6DT1S", { sasLifetime: 25 * HOUR }],
    ["BACKUP_SAS_LIFETIME", "25 hours", { sasLifetime: 25 * HOUR }],
    ["BACKUP_HSM_API_VERSION", "latest", { hsmApiVersion: "7.4" }],
    ["BACKUP_DEADLINE", "soon", { deadline: 6 * HOUR }],
    ["BACKUP_DEADLINE", "PT0S", { deadline: 6 * HOUR }],
    ["BACKUP_MAX_AGE", "old", { maxAge: null }],
    ["BACKUP_MAX_AGE", "PT59M", { maxAge: null }],
    ["BACKUP_MAX_AGE", "-PT1H", { maxAge: null }],
    ["BACKUP_PING_URL", "http://hc-ping.com/T0pS3cret", { pingUrl: null }],
    ["BACKUP_PING_URL", "T0pS3cret", { pingUrl: null }],
    ["BACKUP_PING_URL", `https://me:${"T0pS3cret"}@hc-ping.com/`, { pingUrl: null }],
  ])("is reported while backups are made with the default: %s=%s", (setting, value, expected) => {
    const settings = usable({ [setting]: value });
    expect(settings).toMatchObject(expected);
    expect(settings.problems).toEqual([{ setting, problem: expect.stringContaining("expected") }]);
    expect(JSON.stringify(settings.problems)).not.toContain("T0pS3cret");
  });

  it("is reported beside a wrong HSM and an unknown name, while the other HSMs are backed up", () => {
    const { hsms, problems } = usable({
      BACKUP_HSM_URLS: `${REQUIRED.BACKUP_HSM_URLS},https://oops.vault.azure.net,https://fabrikam.managedhsm.azure.net`,
      BACKUP_HSM_URL: "https://contoso.managedhsm.azure.net",
    });
    expect(hsms.map(({ name }) => name)).toEqual(["contoso", "fabrikam"]);
    expect(problems.map(({ setting }) => setting).toSorted()).toEqual(["BACKUP_HSM_URL", "BACKUP_HSM_URLS"]);
  });

  it.each([
    ["BACKUP_RETENTION", "daily=7,weekly=5"],
    ["BACKUP_NOTIFY_URL", "https://example.org/hook/T0pS3cretHook"],
  ])("is reported where nothing reads it: %s", (setting, value) => {
    const { problems } = usable({ [setting]: value });
    expect(problems).toEqual([{ setting, problem: expect.any(String) }]);
    expect(JSON.stringify(problems)).not.toContain("T0pS3cretHook");
  });
});

describe("an app that could make no backup at all", () => {
  it.each([
    ["BACKUP_HSM_URLS", undefined],
    ["BACKUP_HSM_URLS", "https://oops.vault.azure.net"],
    ["BACKUP_STORAGE_URL", undefined],
    ["BACKUP_STORAGE_URL", "backups"],
    ["BACKUP_STORAGE_URL", "http://backups.blob.core.windows.net"],
    ["BACKUP_STORAGE_URL", "http://127.0.0.1:10000/devstoreaccount1"],
    ["BACKUP_STORAGE_URL", `${STORAGE}/container`],
    ["BACKUP_STORAGE_URL", `${STORAGE}?comp=list`],
    ["BACKUP_STORAGE_URL", "https://me@backups.blob.core.windows.net"],
    ["BACKUP_STORAGE_URL", "https://backups.blob.core.windows.net.evil.example"],
    ["BACKUP_STORAGE_URL", "https://backups.queue.core.windows.net"],
    ["BACKUP_STORAGE_URL", "https://backups.blob.core.windows.net:8443"],
    ["BACKUP_STORAGE_URL", "https://backups.z1.blob.storage.azure.net"],
    ["BACKUP_STORAGE_URL", "https://127.0.0.1:10000"],
    ["BACKUP_SCHEDULE", "daily"],
    ["BACKUP_CONTAINER_PREFIX", "My_Backups"],
    ["BACKUP_CONTAINER_PREFIX", "b".repeat(60)],
    ["BACKUP_LEDGER", "Night_Runs"],
    ["BACKUP_LEDGER", "night--runs"],
    ["BACKUP_LEDGER", "l".repeat(46)],
    ["BACKUP_AUTHENTICATION", "accountKey"],
    ["BACKUP_AUTHENTICATION", "managedidentity"],
  ])("gets the setting and what was expected: %s=%s", (setting, value) => {
    const outcome = read({ [setting]: value });
    expect(outcome).toEqual({
      outcome: "unusable",
      problems: [{ setting, problem: expect.stringContaining("expected") }],
    });
  });

  it("gets every problem at once, in one line for each setting", () => {
    const wrong = {
      BACKUP_HSM_URLS: "http://contoso.managedhsm.azure.net",
      BACKUP_STORAGE_URL: "backups",
      BACKUP_SCHEDULE: "daily",
      BACKUP_CONTAINER_PREFIX: "My_Backup",
      BACKUP_LEDGER: "My_Ledger",
      BACKUP_AUTHENTICATION: "key",
      BACKUP_SAS_LIFETIME: "PT30M",
      BACKUP_HSM_API_VERSION: "latest",
      BACKUP_DEADLINE: "soon",
      BACKUP_MAX_AGE: "old",
      BACKUP_HSM_URL: "https://contoso.managedhsm.azure.net",
    };
    const outcome = read(wrong);
    expect(outcome.outcome).toBe("unusable");
    expect(
      problemsOf(outcome)
        .map(({ setting }) => setting)
        .toSorted(),
    ).toEqual(Object.keys(wrong).toSorted());
    for (const { problem } of problemsOf(outcome)) expect(problem).toMatch(/^[^\n]*expected[^\n]*$/);
  });
});

describe("a secret that was pasted into the wrong setting", () => {
  const SECRETS = [
    SAS,
    `sig=${SIGNATURE}`,
    `${STORAGE}/c?${SAS}`,
    `${STORAGE}/${SAS}`,
    `AccountName=a;AccountKey=${SIGNATURE};EndpointSuffix=core.windows.net`,
  ];

  it.each([
    "BACKUP_HSM_URLS",
    "BACKUP_STORAGE_URL",
    "BACKUP_CONTAINER_PREFIX",
    "BACKUP_LEDGER",
    "BACKUP_AUTHENTICATION",
    "BACKUP_SAS_LIFETIME",
    "BACKUP_HSM_API_VERSION",
    "BACKUP_DEADLINE",
    "BACKUP_MAX_AGE",
    "BACKUP_STORAGE_KEY",
  ])("isn't repeated by the problem of %s", (setting) => {
    for (const value of SECRETS) {
      const problems = problemsOf(read({ [setting]: value }));
      expect(problems.map((problem) => problem.setting)).toContain(setting);
      // Half a secret is one too.
      expect(JSON.stringify(problems)).not.toContain(SIGNATURE.slice(0, 12));
    }
  });

  it.each(["BACKUP_HSM_URLS", "BACKUP_STORAGE_URL"])("isn't repeated where it is the password in %s", (setting) => {
    const problems = problemsOf(read({ [setting]: `https://me:${SIGNATURE}@backups.blob.core.windows.net` }));
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain(SIGNATURE);
  });
});
