import { expect, test } from "vitest";
import { tokenScope } from "../../../azure/managed-hsm/hsm-request.ts";
import { backupUrl, statusUrl } from "../../../azure/managed-hsm/managed-hsm.ts";

const hsmAt = (url: string) => ({ name: "contoso", url });

test.each([
  ["https://contoso.managedhsm.azure.net", "https://managedhsm.azure.net/.default"],
  ["https://contoso.managedhsm.usgovcloudapi.net", "https://managedhsm.usgovcloudapi.net/.default"],
  ["https://contoso.managedhsm.azure.cn", "https://managedhsm.azure.cn/.default"],
  ["https://127.0.0.1:8443/contoso", "https://managedhsm.azure.net/.default"],
  ["https://localhost:8443/contoso", "https://managedhsm.azure.net/.default"],
  ["https://[::1]:8443/contoso", "https://managedhsm.azure.net/.default"],
])("a token for %s is asked for with the scope %s", (url, scope) => {
  expect(tokenScope(hsmAt(url))).toBe(scope);
});

test("a job id stays one segment of the path", () => {
  const hsm = hsmAt("https://contoso.managedhsm.azure.net");
  expect(backupUrl(hsm, "7.4")).toBe("https://contoso.managedhsm.azure.net/backup?api-version=7.4");
  expect(statusUrl(hsm, "a/../b", "7.6&x")).toBe(
    "https://contoso.managedhsm.azure.net/backup/a%2F..%2Fb/pending?api-version=7.6%26x",
  );
});
