import { describe, expect, test } from "vitest";
import { transportRemedy } from "../../../azure/managed-hsm/transport-remedies.ts";
import { look } from "./hsm-refusal.ts";

describe("no answer", () => {
  test.each([
    ["ENOTFOUND", "privatelink.managedhsm.azure.net"],
    ["EAI_AGAIN", "BACKUP_HSM_URLS"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "a certificate for another name"],
    ["CERT_NOT_YET_VALID", "date -u"],
    ["CERT_HAS_EXPIRED", "clock"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "NODE_EXTRA_CA_CERTS"],
    ["ECONNREFUSED", "can't be reached"],
    ["ETIMEDOUT", "private endpoint"],
    ["EHOSTUNREACH", "virtual network"],
    ["ECONNRESET", "proxies"],
    ["timeout", "too long"],
    ["something else", "the app asks again"],
  ])("with %s has a remedy that names the host", (code, remedy) => {
    expect(transportRemedy(look, code)).toContain(remedy);
    expect(transportRemedy(look, code)).toContain("contoso.managedhsm.azure.net");
  });
});
