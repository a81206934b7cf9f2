import { expect, test } from "vitest";
import { backupUrl, statusUrl, tokenScope } from "../../../azure/managed-hsm/hsm-address.ts";

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

test.each(["https://contoso.managedhsm.azure.net", "https://contoso.managedhsm.azure.net//"])(
  "paths are joined to %s with one slash",
  (url) => {
    expect(backupUrl(hsmAt(url), "7.4")).toBe("https://contoso.managedhsm.azure.net/backup?api-version=7.4");
    expect(statusUrl(hsmAt(url), "a/../b", "7.6&x")).toBe(
      "https://contoso.managedhsm.azure.net/backup/a%2F..%2Fb/pending?api-version=7.6%26x",
    );
  },
);
