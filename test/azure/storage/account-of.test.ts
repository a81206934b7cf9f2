import { expect, test } from "vitest";
import { accountOf } from "../../../azure/storage/storage-call.ts";

test.each([
  ["https://backups.blob.core.windows.net", "backups"],
  ["https://backups.blob.core.chinacloudapi.cn", "backups"],
  ["https://backups.z07.blob.storage.azure.net", "backups"],
  ["https://host.z07.queue.storage.azure.net/backup-follow-ups", "host"],
  ["http://127.0.0.1:10000/devstoreaccount1", "devstoreaccount1"],
  ["https://localhost:10000/devstoreaccount1/backup-runs", "devstoreaccount1"],
  ["http://127.0.0.1:10000", ""],
])("the account of %s is %j where the SDK finds none", (url, account) => {
  expect(accountOf({ accountName: "", url })).toBe(account);
});
