import { type HsmCall, objectIdOf } from "./hsm-request.ts";

// Storage codes: https://learn.microsoft.com/rest/api/storageservices/sas-error-codes and blob-service-error-codes.
const STORAGE =
  /\bSAS\b|shared access|signature|\bstorage|\bblob\b|container|AuthenticationFailed|Authorization(?:\w*Mismatch|Failure)|PublicAccessNotPermitted/i;
const CONTAINER_GONE =
  /Container(?:NotFound|BeingDeleted|Disabled)|container (?:does not|doesn't) exist|container is being deleted/i;
const IMMUTABLE = /immutab|legal hold|\bWORM\b/i;
const CLOSED_NETWORK =
  /PublicAccessNotPermitted|AuthorizationSourceIPMismatch|AuthorizationFailure|storage[^.]*(?:firewall|network|private endpoint|not reach|unreach|resolve)/i;
const TOO_FEW_PERMISSIONS =
  /AuthorizationPermissionMismatch|using this permission|(?:lacks|insufficient|missing)[^.]*permission/i;
const SAS_TIME = /expired|not (?:yet )?valid|time frame|signed (?:expiry|start)|lifetime/i;
// The error of an HSM that has no usable identity isn't documented: any mention of one counts.
const IDENTITY = /managed[- ]?identit|user[- ]?assigned|\bUAMI\b|\bMSI\b/i;

/**
 * Whether a refused start is about the container, or the HSM's permission to write there. A container may be gone with any
 * 4xx but 401, which is about the app's token; or inside a success.
 */
export function isStorageProblem(call: HsmCall, status: number, text: string): boolean {
  if (status === 401 || status >= 500) return false;
  if (CONTAINER_GONE.test(text)) return true;
  const isDenied = status < 300 || status === 400 || status === 403;
  return isDenied && (STORAGE.test(text) || IMMUTABLE.test(text) || (isByIdentity(call) && IDENTITY.test(text)));
}

/** What to do about a container that the HSM can't write to. */
export function storageRemedy(call: HsmCall, text: string): string {
  const [account, container] = namesOf(call);
  const show = `--account-name ${account}`;
  if (CONTAINER_GONE.test(text))
    return `The app creates the container again when it retries. If this persists, find out what deletes it: az storage container show ${show} --name ${container} --auth-mode login`;
  if (IMMUTABLE.test(text))
    return `A container with an immutability policy or a legal hold can't receive backups; remove it: az storage container immutability-policy show ${show} --container-name ${container}`;
  return isByIdentity(call)
    ? identityRemedy(call, text, account, container)
    : sasRemedy(call, text, account, container);
}

function sasRemedy(call: HsmCall, text: string, account: string, container: string): string {
  if (TOO_FEW_PERMISSIONS.test(text))
    return `A SAS grants no more than the identity that signed it has. Grant the app's identity the role: ${grant(objectIdOf(call), account)}`;
  if (CLOSED_NETWORK.test(text))
    return `With a SAS the HSM connects over the public network; allow it: az storage account update --name ${account} --public-network-access Enabled --default-action Allow`;
  if (SAS_TIME.test(text))
    return "Each retry has a new SAS. If this persists, set the clock of this machine, or a longer BACKUP_SAS_LIFETIME.";
  return `Each retry has a new SAS. If this persists, BACKUP_STORAGE_URL must be the account of ${container} (${showEndpoint(account)}), and the app's identity needs "Storage Blob Data Contributor" and "Storage Blob Delegator" on it.`;
}

function identityRemedy(call: HsmCall, text: string, account: string, container: string): string {
  const showHsm = `az keyvault show --hsm-name ${call.hsm.name}`;
  const principal = `"$(${showHsm} --query "identity.userAssignedIdentities.*.principalId | [0]" --output tsv)"`;
  if (TOO_FEW_PERMISSIONS.test(text))
    return `The HSM's identity may not write there; a role takes minutes to take effect: ${grant(principal, account)}`;
  if (CLOSED_NETWORK.test(text))
    return `With its own identity the HSM connects as a trusted service; allow it: az storage account update --name ${account} --bypass AzureServices`;
  // https://learn.microsoft.com/azure/key-vault/managed-hsm/backup-restore: the identity is the HSM's, not the app's.
  const attach = `With BACKUP_AUTHENTICATION=managedIdentity the HSM needs a user-assigned identity of its own. Attach one, repeating those that it has (${showHsm}): az keyvault update-hsm --hsm-name ${call.hsm.name} --mi-user-assigned IDENTITY_RESOURCE_ID. Then grant it its role: ${grant(principal, account)}`;
  return IDENTITY.test(text)
    ? attach
    : `BACKUP_STORAGE_URL must be the account of ${container} (${showEndpoint(account)}). ${attach}`;
}

const isByIdentity = ({ target }: HsmCall): boolean => target?.authentication === "managedIdentity";

const showEndpoint = (account: string): string =>
  `az storage account show --name ${account} --query primaryEndpoints.blob`;

const grant = (principal: string, account: string): string =>
  `az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id ${principal} --assignee-principal-type ServicePrincipal --scope "$(az storage account show --name ${account} --query id --output tsv)"`;

/** Account and container of the target; on a loopback address the account is the first segment of the path. */
function namesOf({ target }: HsmCall): readonly [string, string] {
  const { pathname, hostname } = new URL(target?.containerUrl ?? "https://ACCOUNT/CONTAINER");
  const [container = "CONTAINER", account] = pathname.split("/").filter(Boolean).reverse();
  return [account ?? hostname.split(".")[0] ?? "ACCOUNT", container];
}
