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

/** The server that a call went to: its host, the setting that names it, and the command that shows its address. */
export type Server = { readonly host: string; readonly setting: string; readonly showAddress: string };

/** HTTP 407: no service sends it, only a proxy. */
export const PROXY_REFUSED = 407;

export const proxyRemedy = (host: string): string =>
  `The proxy between the app and ${host} asks for credentials: put them into HTTPS_PROXY (http://USER:PASSWORD@PROXY:PORT), or name ${host} in NO_PROXY if the app can reach it without the proxy.`;

/** What to do where no answer came. `code` is that of Node's network or TLS layer. */
export function networkRemedy({ host, setting, showAddress }: Server, code: string): string {
  if (UNKNOWN_NAME.includes(code))
    return `DNS has no address for ${host}: check ${setting} (${showAddress}) and, with a private endpoint, that the app's network is linked to its private DNS zone.`;
  if (code === WRONG_NAME)
    return `The server at ${host} presented a certificate for a different name: check ${setting}, DNS and any proxy in between.`;
  if (WRONG_TIME.includes(code))
    return `The certificate of ${host} is expired or not yet valid: compare the clock of this machine with \`date -u\`.`;
  if (UNTRUSTED.includes(code))
    return `The certificate of ${host} is not trusted: if a proxy inspects TLS traffic, exempt ${host}; otherwise name the file of its CA in NODE_EXTRA_CA_CERTS.`;
  return `No connection to ${host}; the app retries. If this persists, check ${setting}, the variable HTTPS_PROXY, firewalls, the private endpoint, and the Function app's virtual network and outbound rules.`;
}
