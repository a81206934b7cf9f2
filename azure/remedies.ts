import type { FailureReason } from "../backup/model/call-failed.ts";
import type { Names, Remedy, Row, Seen, Side } from "./remedy.ts";

/** HTTP 407: no service sends it, only a proxy. */
export const PROXY_REFUSED = 407;
/** Our own code for what can't be the service's answer. */
export const UNREADABLE = "unreadableAnswer";

// One or two sentences with the command that mends it, and the page in docs/runbooks. Several causes stand in the order of
// their likelihood.
const logInToProxy: Remedy = ({ host }) =>
  `The proxy between the app and ${host} asks for credentials: put them into HTTPS_PROXY (http://USER:PASSWORD@PROXY:PORT), or name ${host} in NO_PROXY if the app can reach it without the proxy. Runbook: failed.md#no-answer`;
const findOtherServer: Remedy = ({ host, setting }) =>
  `A server other than ${host} may have answered (a proxy, a sign-in page): check ${setting}, the variable HTTPS_PROXY and the network in between. The app retries. Runbook: failed.md#no-answer`;
const waitForService: Remedy = ({ host, show }) =>
  `Nothing to do yet, the app retries: ${host} is busy or has a fault. If this persists, check Azure's service health, what else calls it so often, and its state (${show}). Runbook: failed.md#no-answer`;
const restartApp: Remedy = () =>
  "The identity endpoint did not answer; the app retries. If this persists, restart the app: az functionapp restart --name APP --resource-group GROUP. Runbook: failed.md#no-answer";
const assignIdentity: Remedy = () =>
  "Assign an identity to the Function app: az functionapp identity assign --name APP --resource-group GROUP. If it has one, AZURE_CLIENT_ID must be the client id of an identity that is assigned to it and still exists. Runbook: permissions.md#the-apps-identity";
const checkDns: Remedy = ({ host, setting, show }) =>
  `DNS has no address for ${host}: check ${setting} (${show}) and, with a private endpoint, that the app's network is linked to its private DNS zone. Runbook: failed.md#no-answer`;
const checkCertificate: Remedy = ({ host, setting }) =>
  `The certificate of ${host} was not accepted. If a proxy inspects TLS traffic, exempt ${host} or name the file of its CA in NODE_EXTRA_CA_CERTS; otherwise check ${setting}, DNS, and the clock of this machine (date -u). Runbook: failed.md#no-answer`;
const reportBug: Remedy = () =>
  "The app could not process this; it retries. If this persists, report it as a bug, with the stack in the log. Runbook: failed.md#see-more";
const checkNetwork: Remedy = ({ host, setting }) =>
  `No connection to ${host}, or no answer in time; the app retries. If this persists, check ${setting}, the variable HTTPS_PROXY, firewalls, the private endpoint, and the Function app's virtual network and outbound rules. Runbook: failed.md#no-answer`;
const createLedger: Remedy = ({ container, account }) =>
  `Create the ledger's container: az storage container create --name ${container} --account-name ${account} --auth-mode login. Runbook: ledger.md#the-container-is-gone`;
const findDeleter: Remedy = ({ container, account }) =>
  `${container} was deleted: find out by what. The app creates it again as soon as its name is free; soft delete keeps what was in it: az storage container list --account-name ${account} --include-deleted --auth-mode login. Runbook: failed.md#a-refused-sas-or-container`;
const removeLock: Remedy = ({ container, account }) =>
  `Managed HSM can't write a backup under an immutability policy, legal hold or lease; remove it from ${container}: az storage container immutability-policy show --account-name ${account} --container-name ${container}. Runbook: failed.md#a-refused-sas-or-container`;
const openStorage: Remedy = ({ account, opening }) =>
  `Let the caller through the firewall of the storage account ${account}, which must not be disabled: ${opening}. Runbook: failed.md#a-refused-sas-or-container`;
const useIdentity: Remedy = ({ account }) =>
  `The account ${account} does not allow account keys: replace the connection string AzureWebJobsStorage with AzureWebJobsStorage__accountName=${account} (and AzureWebJobsStorage__credential=managedidentity), and grant the app's identity "Storage Blob Data Owner" and "Storage Queue Data Contributor" on it. Runbook: permissions.md#the-apps-identity`;
const storageGrant: Remedy = ({ role, principal, account }) =>
  `az role assignment create --role "${role}" --assignee-object-id ${principal} --assignee-principal-type ServicePrincipal --scope "$(az storage account show --name ${account} --query id --output tsv)"`;
const grantOnStorage: Remedy = (names) =>
  `Grant the role on the storage account; it takes effect within ten minutes: ${storageGrant(names)}. Runbook: permissions.md`;
const checkCredentials: Remedy = ({ role, setting, account }) =>
  `Check that the app's identity has "${role}" on the storage account ${account} and belongs to its tenant, an account key in ${setting} (it may have been rotated), and the clock of this machine (date -u; a difference of more than 15 minutes is refused). Runbook: permissions.md#the-apps-identity`;
const checkSas: Remedy = ({ account, container }) =>
  `Each retry has a new SAS. If this persists, check that BACKUP_STORAGE_URL is the account of ${container} (az storage account show --name ${account} --query primaryEndpoints.blob), the app's roles on it, the clock of this machine (date -u), and BACKUP_HSM_API_VERSION. Runbook: failed.md#a-refused-sas-or-container`;
// https://learn.microsoft.com/azure/key-vault/managed-hsm/backup-restore: the identity is the HSM's, not the app's.
const attachIdentity: Remedy = (names) =>
  `The HSM needs a user-assigned identity of its own. Attach one, repeating those that it has (${names.show}): az keyvault update-hsm --hsm-name ${names.hsm} --mi-user-assigned IDENTITY_RESOURCE_ID. Then grant it its role: ${storageGrant(names)}. Runbook: permissions.md#the-hsms-identity`;
const chooseVersion: Remedy = () =>
  "Set BACKUP_HSM_API_VERSION to a version that the HSM supports: 7.4 works with a SAS, 7.5 with managedIdentity. Runbook: failed.md#what-to-do";
const checkTenant: Remedy = ({ show }) =>
  `The app's identity must belong to the HSM's tenant (${show} --query properties.tenantId): check AZURE_CLIENT_ID, the host in BACKUP_HSM_URLS, and the clock of this machine (date -u). Runbook: permissions.md#the-apps-identity`;
const grantOnHsm: Remedy = ({ hsm, objectId }) =>
  `Grant the app's identity the HSM's local role; it takes minutes to take effect: az keyvault role assignment create --hsm-name ${hsm} --role "Managed HSM Backup" --scope / --assignee-object-id ${objectId} --assignee-principal-type ServicePrincipal. If it has the role, let the app through the HSM's firewall or private endpoint. Runbook: permissions.md#the-apps-identity`;
const checkAddress: Remedy = ({ show }) =>
  `BACKUP_HSM_URLS must have the HSM's own address: ${show} --query properties.hsmUri. Runbook: rotate-hsm.md#add-one`;
const forgetJob: Remedy = () =>
  "The HSM doesn't know this job, or no longer; it has no list of jobs. The app looks once more, then starts a new backup. Runbook: failed.md#what-to-do";
const waitForOther: Remedy = ({ hsm }) =>
  `Another backup or restore is running on ${hsm}: nothing to do, the app retries until the deadline. If this persists, look in the HSM's audit log for what starts them. Runbook: failed.md#what-to-do`;
const compare: Remedy = ({ setting }) =>
  `Look up the code in the service's documentation, and check ${setting}. Runbook: failed.md#what-to-do`;

const START: readonly Side[] = ["sas", "managedIdentity"];
const HSM: readonly Side[] = [...START, "look"];
const STORAGE: readonly Side[] = ["ledger", "queue", "backups", "delegationKey"];
const WRITING: readonly Side[] = [...START, ...STORAGE];

const NO_CONTAINER = ["ContainerNotFound", "ContainerDisabled"];
const NO_NAME = ["ENOTFOUND", "EAI_AGAIN", "ENODATA"];
// https://nodejs.org/api/tls.html#x509-certificate-error-codes
const CERTIFICATE = [
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];
// https://learn.microsoft.com/rest/api/storageservices/sas-error-codes
const SAS = [
  "AuthenticationFailed",
  "AuthorizationProtocolMismatch",
  "AuthorizationResourceTypeMismatch",
  "AuthorizationServiceMismatch",
];
const FIREWALL = [
  "AccountIsDisabled",
  "AuthorizationFailure",
  "AuthorizationSourceIPMismatch",
  "PublicAccessNotPermitted",
];
const API_VERSION = ["ApiVersionUnspecified", "InvalidApiVersion", "UnsupportedApiVersion"];

/** The first row that applies counts (docs/decisions/0019-remedies.md). */
export const REMEDIES: readonly Row[] = [
  { statuses: [PROXY_REFUSED], reason: "noAnswer", remedy: logInToProxy },
  { statuses: [408, 429, 5], reason: "noAnswer", remedy: waitForService },
  { sides: ["identity"], codes: ["TimedOut", "network_error"], remedy: restartApp },
  { sides: ["identity"], remedy: assignIdentity },
  { statuses: [null], codes: NO_NAME, reason: "noAnswer", remedy: checkDns },
  { statuses: [null], codes: CERTIFICATE, reason: "noAnswer", remedy: checkCertificate },
  { statuses: [null], codes: ["TypeError", "RangeError"], reason: "noAnswer", remedy: reportBug },
  { statuses: [null], reason: "noAnswer", remedy: checkNetwork },
  // About the token of the app, whatever the code.
  { sides: HSM, statuses: [401], reason: "denied", remedy: checkTenant },
  { sides: ["ledger"], codes: NO_CONTAINER, remedy: createLedger },
  { sides: WRITING, codes: NO_CONTAINER, reason: "sasRefused", remedy: findDeleter },
  { sides: WRITING, codes: ["ContainerBeingDeleted", "QueueBeingDeleted"], reason: "sasRefused", remedy: findDeleter },
  { sides: WRITING, codes: ["BlobImmutableDueToPolicy", "LeaseIdMissing"], reason: "sasRefused", remedy: removeLock },
  { sides: WRITING, codes: ["AuthorizationPermissionMismatch"], reason: "sasRefused", remedy: grantOnStorage },
  { sides: WRITING, codes: FIREWALL, reason: "sasRefused", remedy: openStorage },
  { sides: STORAGE, codes: ["KeyBasedAuthenticationNotPermitted"], remedy: useIdentity },
  { sides: ["sas"], codes: SAS, reason: "sasRefused", remedy: checkSas },
  { sides: ["managedIdentity"], codes: SAS, reason: "sasRefused", remedy: attachIdentity },
  { codes: [UNREADABLE, "PARSE_ERROR", "noCode"], reason: "unreadable", remedy: findOtherServer },
  { sides: STORAGE, statuses: [401, 403], remedy: checkCredentials },
  { sides: HSM, statuses: [400], codes: API_VERSION, remedy: chooseVersion },
  // Which code a refused SAS has isn't documented, nor that of an HSM without a usable identity. The one that was recorded is
  // `BadRequest`, which says nothing. So any other 400 counts as one: 15 minutes of retries for a start that can't succeed
  // cost less than a `Failed` for a role that has not taken effect yet.
  { sides: ["sas"], statuses: [400], reason: "sasRefused", remedy: checkSas },
  { sides: ["managedIdentity"], statuses: [400], reason: "sasRefused", remedy: attachIdentity },
  { sides: HSM, statuses: [403], reason: "denied", remedy: grantOnHsm },
  { sides: START, statuses: [404], reason: "notFound", remedy: checkAddress },
  { sides: ["look"], statuses: [404], reason: "notFound", remedy: forgetJob },
  { sides: HSM, statuses: [409], reason: "busy", remedy: waitForOther },
  { remedy: compare },
];

/** What a failed call means to the run (an HSM's only), and what the operator can do about it. */
export function meaningOf(seen: Seen, names: Names): { readonly reason: FailureReason; readonly remedy: string } {
  const { reason = "rejected", remedy = compare } = REMEDIES.find((row) => applies(row, seen)) ?? {};
  return { reason, remedy: remedy(names) };
}

const applies = ({ sides, statuses, codes }: Row, { side, status, codes: given }: Seen): boolean =>
  (sides?.includes(side) ?? true) &&
  (statuses?.some((each) => each === status || each === Math.floor((status ?? 0) / 100)) ?? true) &&
  (codes?.some((each) => given.includes(each)) ?? true);
