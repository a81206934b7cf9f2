import { describe, expect, test } from "vitest";
import { INTERVALS } from "../../backup/intervals.ts";
import { load } from "../../functions/load.ts";

const USABLE = {
  BACKUP_HSM_URLS: "https://contoso.managedhsm.azure.net",
  BACKUP_STORAGE_URL: "https://backups.blob.core.windows.net",
  AzureWebJobsStorage__accountName: "hoststorage",
};

describe("loading the app", () => {
  test("is refused where certificates would not be checked", () => {
    expect(() => load({ ...USABLE, NODE_TLS_REJECT_UNAUTHORIZED: "0" }, INTERVALS)).toThrow(
      "NODE_TLS_REJECT_UNAUTHORIZED: expected not to be 0",
    );
  });

  test("is refused with every problem at once, of the host's storage too", () => {
    expect(() => load({ BACKUP_SCHEDULE: "nonsense" }, INTERVALS)).toThrow(
      /BACKUP_HSM_URLS[\s\S]*BACKUP_STORAGE_URL[\s\S]*BACKUP_SCHEDULE[\s\S]*AzureWebJobsStorage/,
    );
  });
});
