import { afterAll, describe, expect, test, vi } from "vitest";
import { connect } from "../../azure/connect.ts";
import { parseSchedule } from "../../azure/schedule/ncrontab.ts";
import { SECOND } from "../../backup/model/instant.ts";
import { INTERVALS } from "../../backup/model/intervals.ts";
import { readSettings } from "../../backup/settings/read-settings.ts";
import { examine } from "../../backup/steps/examine.ts";

// The library reads the address of the endpoint once per process, so this is a file of its own.
vi.stubEnv("IDENTITY_ENDPOINT", "http://127.0.0.1:1");
vi.stubEnv("IDENTITY_HEADER", "the-identity-header-0123456789");
afterAll(() => vi.unstubAllEnvs());

describe("the doctor", () => {
  test("finds an identity endpoint that is down, and names it for every service that needs a token", async () => {
    const env = {
      BACKUP_HSM_URLS: "https://127.0.0.1:2/contoso",
      BACKUP_STORAGE_URL: "https://127.0.0.1:2/devstoreaccount1",
    };
    const read = readSettings(env, "1.2.3", parseSchedule);
    if (read.outcome !== "usable") throw new Error("These settings can't be used.");
    const url = "https://127.0.0.1:2/devstoreaccount1";
    const host = { by: "identity", blobServiceUrl: url, queueServiceUrl: url, clientId: undefined } as const;
    const ports = connect(env, read.settings, host, { ...INTERVALS, callTimeLimit: 20 * SECOND });
    const { isOk, checks } = await examine({ ...ports, log: () => {} });
    expect(isOk).toBe(false);
    const found = (name: string) => checks.find((each) => each.name === name);
    for (const name of ["identity", "ledger", "owner", "queue", "backup account", "timer", "HSM"])
      expect(found(name), name).toMatchObject({ isOk: false, remedy: expect.stringContaining("identity endpoint") });
    expect(found("settings")).toMatchObject({ isOk: true });
  });
});
