import type { HsmCall } from "./hsm-call.ts";

// Codes of Node's TLS layer: https://nodejs.org/api/tls.html#x509-certificate-error-codes
const WRONG_NAME = "ERR_TLS_CERT_ALTNAME_INVALID";
const WRONG_TIME = ["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED"];
const UNTRUSTED = [
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_UNTRUSTED",
];
const UNKNOWN_NAME = ["ENOTFOUND", "EAI_AGAIN", "ENODATA"];
const NO_ROUTE = ["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "ECONNREFUSED"];
/** Our own code for a call that was given up. */
export const TIMED_OUT = "timeout";

export const isCertificateProblem = (code: string | undefined): boolean =>
  code !== undefined && [WRONG_NAME, ...WRONG_TIME, ...UNTRUSTED].includes(code);

/** What to do where no answer came. */
export function transportRemedy({ hsm }: HsmCall, code: string): string {
  const { host } = new URL(hsm.url);
  if (UNKNOWN_NAME.includes(code)) {
    return `No address is known for ${host}: check BACKUP_HSM_URLS (az keyvault show --hsm-name ${hsm.name} --query properties.hsmUri) and, with a private endpoint, that the app's network uses the private DNS zone of ${domainOf(host)}.`;
  }
  if (code === WRONG_NAME) {
    return `Who answers at ${host} has a certificate for another name: check the host in BACKUP_HSM_URLS, and DNS and proxies between.`;
  }
  if (WRONG_TIME.includes(code))
    return `The certificate of ${host} isn't valid now: compare this host's clock with \`date -u\`.`;
  if (UNTRUSTED.includes(code)) {
    return `The certificate of ${host} comes from nobody that this host trusts: if a proxy opens the connection, exempt ${host} from it, or name its CA file in NODE_EXTRA_CA_CERTS.`;
  }
  if (NO_ROUTE.includes(code)) {
    return `${host} can't be reached: check the HSM's firewall and private endpoint, and the function app's virtual network and outgoing rules. The app asks again.`;
  }
  if (code === TIMED_OUT) {
    return `${host} took too long: the app asks again. If it goes on, check firewall and routes between, and the HSM's resource health.`;
  }
  return `The connection to ${host} broke: the app asks again. If it goes on, check proxies and firewalls between.`;
}

const domainOf = (host: string): string => `privatelink.${host.split(".").slice(1).join(".")}`;
