import { DAY, type Instant, instantOf, millis } from "./instant.ts";
import { redact } from "./secret.ts";

/** https://learn.microsoft.com/azure/key-vault/managed-hsm: 3 to 24 letters, digits and hyphens, a letter first. */
export const HSM_NAME = /^[a-z](?:[a-z0-9]|-(?!-)){1,22}[a-z0-9]$/;

export const isHsmName = (text: string): boolean => HSM_NAME.test(text);

/** An HSM: its name, as in every record, log line and container, and its base URL without a trailing slash. */
export type Hsm = { readonly name: string; readonly url: string };

/** As Entra ID writes the ids of tenants, applications and identities. */
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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

/**
 * Names a run: the instant of its slot or manual start, the try of the slot (`m`: manual) and eight random characters,
 * e.g. `20261123T020000Z-1-k3v9x2ab`. The name of its record's blob follows from the id alone.
 */
export type RunId = string;
export const RUN_ID = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-(m|[1-9]\d{0,3})-[a-z0-9]{8}$/;

/** An HSM's own id of a job, which goes into a URL: a GUID, with or without hyphens. */
export const JOB_ID = /^[\w-]{1,100}$/;

/** What an id says about its run. `attempt` is the try of the slot, from 1; 0 for a manual start. */
export type RunIdParts = { readonly at: Instant; readonly attempt: number };

/** The id has room for four digits; the random part distinguishes later tries. */
const MOST_ATTEMPTS = 9_999;
// The largest 13-digit number: a time in milliseconds subtracted from it sorts newest first.
const REVERSE_FROM = 9_999_999_999_999;

export function makeRunId(at: Instant, attempt: number, random: string): RunId {
  const compact = instantOf(new Date(millis(at))).replace(/[-:]|\.\d+/g, "");
  return `${compact}-${attempt === 0 ? "m" : Math.min(attempt, MOST_ATTEMPTS)}-${random}`;
}

/** Undefined for a text that is not a run id. */
export function parseRunId(text: string): RunIdParts | undefined {
  const match = RUN_ID.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, attempt] = match;
  const at = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  if (Number.isNaN(Date.parse(at)) || instantOf(new Date(at)) !== at) return undefined;
  return { at, attempt: attempt === "m" ? 0 : Number(attempt) };
}

/** The part of a record's blob name that orders a listing newest first; a later try of a slot counts as later. */
export function reverseTime(id: RunId): string | undefined {
  const parts = parseRunId(id);
  return parts && String(REVERSE_FROM - (millis(parts.at) + parts.attempt)).padStart(13, "0");
}

/** The dated container of a backup: `{prefix}-{hsm}-{yyyy-MM-dd}`, by the day of the slot or manual start, in UTC. */
export const containerName = (prefix: string, hsm: string, at: Instant): string =>
  `${prefix}-${hsm}-${instantOf(new Date(millis(at))).slice(0, ANY_DAY.length)}`;

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const CONTAINER_NAME = /^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;
const ANY_DAY = instantOf(new Date(DAY)).slice(0, "yyyy-MM-dd".length);

export const isContainerName = (text: string): boolean => CONTAINER_NAME.test(text);

/** Whether a container belongs to this HSM, whatever prefix the settings had when it was named. */
export const isContainerOf = (hsm: string, container: string): boolean =>
  isContainerName(container) && container.slice(0, -ANY_DAY.length).endsWith(`-${hsm}-`);

/** Whether every dated container of this prefix and HSM has a name that Blob Storage accepts. */
export const makesValidContainers = (prefix: string, hsm: string): boolean =>
  isContainerName(`${prefix}-${hsm}-${ANY_DAY}`);
