import { expect, test } from "vitest";
import { networkRemedy } from "../../azure/network-remedies.ts";

const SERVER = {
  host: "contoso.managedhsm.azure.net",
  setting: "BACKUP_HSM_URLS",
  showAddress: "az keyvault show --hsm-name contoso",
};

test.each([
  ["ENOTFOUND", "private DNS zone"],
  ["EAI_AGAIN", "BACKUP_HSM_URLS (az keyvault show --hsm-name contoso)"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "presented a certificate for a different name"],
  ["CERT_NOT_YET_VALID", "date -u"],
  ["CERT_HAS_EXPIRED", "clock"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "NODE_EXTRA_CA_CERTS"],
  ["ECONNREFUSED", "No connection to contoso"],
  ["EHOSTUNREACH", "virtual network"],
  ["something else", "the app retries"],
])("no answer with %s has a remedy that names the server", (code, remedy) => {
  expect(networkRemedy(SERVER, code)).toContain(remedy);
  expect(networkRemedy(SERVER, code)).toContain(SERVER.host);
});
