import { HSM_NAME } from "./names.ts";
import { redact } from "./secret.ts";

export type ServiceKind = "hsm" | "blob" | "queue";

/** The name of a storage account. */
export const ACCOUNT_NAME = /^[a-z0-9]{3,24}$/;

/**
 * Per kind of service: the form of a name, and the domains of the public cloud, US government and China. Accounts with DNS
 * zone endpoints are in z00 to z99. https://learn.microsoft.com/azure/key-vault/managed-hsm,
 * https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints
 */
const SERVICES: Readonly<Record<ServiceKind, { readonly name: RegExp; readonly domains: readonly string[] }>> = {
  hsm: {
    name: HSM_NAME,
    domains: ["managedhsm.azure.net", "managedhsm.usgovcloudapi.net", "managedhsm.azure.cn"],
  },
  blob: { name: ACCOUNT_NAME, domains: storageDomains("blob") },
  queue: { name: ACCOUNT_NAME, domains: storageDomains("queue") },
};

function storageDomains(service: string): readonly string[] {
  const clouds = ["windows.net", "usgovcloudapi.net", "chinacloudapi.cn"];
  return [...clouds.map((cloud) => `${service}.core.${cloud}`), `z00.${service}.storage.azure.net`];
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;
export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname);

/** A service: its name, and its base URL without a trailing slash. */
export type Service = { readonly name: string; readonly url: string };
/** Why a text is not the URL of a service; `name` if it still says which is meant. Never repeats what may be a secret. */
export type ServiceUrlProblem = { readonly problem: string; readonly name?: string };

/**
 * The service of a base URL. Tokens and data go to this host, so it must be https and of a domain of its kind, or a loopback
 * address, which can only be an emulator (it has the service's name as its path). Nothing else may be in it: no user, no
 * port, no path, no query. `scheme`: `http:` only where an emulator of storage is called with an account key.
 */
export function parseServiceUrl(kind: ServiceKind, text: string, scheme = "https:"): Service | ServiceUrlProblem {
  const { name: form, domains } = SERVICES[kind];
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url !== undefined && isLoopback(url);
  const expected = isLocal
    ? `https://${url.host}/{name} on loopback`
    : `https://{name}.${domains[0]} (or of ${domains.slice(1).join(", ")})`;
  const got = (seen: string): ServiceUrlProblem => ({ problem: `expected ${expected}, got ${seen}` });
  if (url === undefined) return got(text === "" ? "nothing" : `${text.length} characters that are not a URL`);
  // `user:password@host` parses as another scheme, so nothing after the scheme is repeated.
  if (url.protocol !== "https:" && !(isLocal && url.protocol === scheme)) return got("another scheme than https");

  const path = url.pathname.replace(/\/+$/, "");
  const [name = "", ...rest] = isLocal ? path.slice(1).split("/") : url.hostname.split(".");
  const domain = rest.join(".").replace(/^z\d{2}\./, "z00.");
  const shown = redact(`https://${url.host}${url.pathname}`);
  if (!form.test(name) || !(isLocal ? domain === "" : domains.includes(domain))) return got(shown);
  const after = `${url.username}${url.password}${url.search}${url.hash}${isLocal ? "" : `${path}${url.port}`}`;
  if (after !== "")
    return { ...got(`more than that, a port, path, user or query: ${shown}`), ...(!isLocal && { name }) };
  return { name, url: `${url.origin}${path}` };
}
