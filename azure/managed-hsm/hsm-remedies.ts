import type { FailureReason } from "../../backup/model/call-failed.ts";
import { type HsmCall, objectIdOf, tokenScope } from "./hsm-request.ts";
import { isStorageProblem, storageRemedy } from "./hsm-storage-remedies.ts";

/** An HSM's error: the status, and its code, message and nested errors as one text. */
export type Refused = {
  readonly call: HsmCall;
  readonly status: number;
  readonly text: string;
  /** The answer has a body, and it is no `KeyVaultError`. */
  readonly isForeign: boolean;
};
export type Meaning = { readonly reason: FailureReason; readonly remedy: string };

const API_VERSION = /api[-_ ]?version/i;
const TOKEN_TIME = /not (?:yet )?(?:been )?valid|expired|lifetime|\bnbf\b|\bexp\b|IDX1022[0-9]|clock/i;
const NETWORK =
  /firewall|private (?:endpoint|link)|public network|network (?:rule|acl|access|polic|security)|client address|trusted service|(?:source|client) ip|ip address|virtual network|vnet|tcp connection|ForbiddenBy(?:Firewall|Connection)/i;

/** What an HSM's error means to the run, and what the operator can do about it. */
export function meaningOf(refused: Refused): Meaning {
  const { call, status, text, isForeign } = refused;
  const { name } = call.hsm;
  const isStart = call.target !== undefined;
  if (status === 400 && API_VERSION.test(text)) return { reason: "rejected", remedy: chooseVersion(call) };
  if (isStart && isStorageProblem(call, status, text))
    return { reason: "sasRefused", remedy: storageRemedy(call, text) };
  // An error inside a success: its words count, but not that retrying would be in vain.
  if (status < 400) return { reason: "unreadable", remedy: notAnHsm(call) };
  switch (status) {
    case 401:
      return { reason: "denied", remedy: TOKEN_TIME.test(text) ? SET_CLOCK : checkIdentity(call) };
    case 403:
      return { reason: "denied", remedy: NETWORK.test(text) ? openFirewall(name) : grantRole(call) };
    case 404:
      if (isStart) return { reason: "notFound", remedy: checkAddress(name) };
      // Only the HSM itself can say that it doesn't know a job: a gateway's 404 proves nothing, and the job may go on.
      return isForeign ? { reason: "unreadable", remedy: notAnHsm(call) } : { reason: "notFound", remedy: UNKNOWN_JOB };
    case 409:
      return { reason: "busy", remedy: waitForOther(name) };
    case 429:
      return { reason: "noAnswer", remedy: slowDown(name) };
    default:
      if (status === 408 || status >= 500) return { reason: "noAnswer", remedy: checkHealth(name) };
      return { reason: "rejected", remedy: COMPARE_SETTINGS };
  }
}

/** For an answer that no HSM gives: a redirect, a page, nonsense. */
export const notAnHsm = ({ hsm }: HsmCall): string =>
  `A server other than an HSM may have answered at ${new URL(hsm.url).host} (a proxy, a sign-in page): check the network in between, the variable HTTPS_PROXY and BACKUP_HSM_URLS. The app retries.`;

export const timedOut = ({ hsm }: HsmCall): string =>
  `${new URL(hsm.url).host} took too long; the app retries. If this persists, check firewalls and routes in between, and the HSM's resource health.`;

const SET_CLOCK =
  "The HSM finds the token expired or not yet valid: compare the clock of this machine with `date -u`, set it, and restart the app so that it gets a new token.";
const UNKNOWN_JOB =
  "The HSM doesn't know this job, or no longer; it has no list of jobs. The app looks once more, then starts a new backup.";
const COMPARE_SETTINGS =
  "Compare the HSM's message with BACKUP_HSM_URLS, BACKUP_STORAGE_URL and BACKUP_HSM_API_VERSION.";

const chooseVersion = ({ apiVersion }: HsmCall): string =>
  `Set BACKUP_HSM_API_VERSION to a version that the HSM supports (now ${apiVersion}; 7.4 works with a SAS, 7.5 with managedIdentity).`;

const checkIdentity = ({ hsm }: HsmCall): string =>
  `The app's identity must belong to the HSM's tenant (az keyvault show --hsm-name ${hsm.name} --query properties.tenantId), and its token be for ${tokenScope(hsm)}: check AZURE_CLIENT_ID and the host in BACKUP_HSM_URLS.`;

const openFirewall = (name: string): string =>
  `Let the app through the HSM's firewall: join the Function app to the virtual network of the HSM's private endpoint, or open the public address (az keyvault update-hsm --hsm-name ${name} --public-network-access Enabled --default-action Allow).`;

const grantRole = (call: HsmCall): string =>
  `Grant the app's identity the HSM's local role; it takes minutes to take effect: az keyvault role assignment create --hsm-name ${call.hsm.name} --role "Managed HSM Backup" --scope / --assignee-object-id ${objectIdOf(call)} --assignee-principal-type ServicePrincipal`;

const checkAddress = (name: string): string =>
  `BACKUP_HSM_URLS must have the HSM's own address: az keyvault show --hsm-name ${name} --query properties.hsmUri`;

const waitForOther = (name: string): string =>
  `Another backup or restore is running on ${name}: nothing to do, the app retries until the deadline. If this persists, look in the HSM's audit log for what starts them.`;

const slowDown = (name: string): string =>
  `${name} is throttling requests: nothing to do, the app retries later. If this persists, look in the HSM's metrics for what calls it so often.`;

const checkHealth = (name: string): string =>
  `Nothing to do yet, the app retries. If this persists, check the HSM's resource health (az keyvault show --hsm-name ${name} --query properties.provisioningState) and Azure's status.`;
