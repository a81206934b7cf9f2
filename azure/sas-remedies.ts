import type { HsmCall } from "./hsm-call.ts";

// Storage codes: https://learn.microsoft.com/rest/api/storageservices/sas-error-codes and blob-service-error-codes.
const CONTAINER_GONE =
  /Container(?:NotFound|BeingDeleted|Disabled)|container (?:does not|doesn't) exist|container is being deleted/i;
const IMMUTABLE = /immutab|legal hold|\bWORM\b/i;
const CLOSED_NETWORK =
  /PublicAccessNotPermitted|AuthorizationSourceIPMismatch|AuthorizationFailure|storage[^.]*(?:firewall|network|private endpoint|not reach|unreach|resolve)/i;
const TOO_FEW_PERMISSIONS =
  /AuthorizationPermissionMismatch|using this permission|(?:lacks|insufficient|missing)[^.]*permission/i;
const SAS_TIME = /expired|not (?:yet )?valid|time frame|signed (?:expiry|start)|lifetime/i;
const SAS =
  /\bSAS\b|shared access|signature|\bstorage|\bblob\b|container|AuthenticationFailed|Authorization(?:\w*Mismatch|Failure)|PublicAccessNotPermitted/i;

/** Whether a refused start is about the SAS or the container. A container may be gone with any 4xx but 401, which is ours. */
export const isStorageProblem = (status: number, text: string): boolean =>
  status === 400 || status === 403
    ? SAS.test(text) || IMMUTABLE.test(text)
    : status !== 401 && status < 500 && CONTAINER_GONE.test(text);

type StorageCause = {
  readonly words: RegExp;
  readonly remedy: (account: string, container: string, call: HsmCall) => string;
};

const CAUSES: readonly StorageCause[] = [
  {
    words: CONTAINER_GONE,
    remedy: (account, container) =>
      `The app makes the container anew at its next try. If it goes on, find out who deletes it: az storage container show --account-name ${account} --name ${container} --auth-mode login`,
  },
  {
    words: IMMUTABLE,
    remedy: (account, container) =>
      `Backups can't go to a container with an immutability policy or a legal hold; take them off: az storage container immutability-policy show --account-name ${account} --container-name ${container}`,
  },
  {
    words: TOO_FEW_PERMISSIONS,
    remedy: (account, _container, call) =>
      `A SAS gives no more than its maker may do. Give the app's identity the role: az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id ${call.objectId ?? "OBJECT_ID"} --assignee-principal-type ServicePrincipal --scope "$(az storage account show --name ${account} --query id --output tsv)"`,
  },
  {
    words: CLOSED_NETWORK,
    remedy: (account) =>
      `With a SAS the HSM comes over the public network; let it in: az storage account update --name ${account} --public-network-access Enabled --default-action Allow`,
  },
  {
    words: SAS_TIME,
    remedy: () =>
      "The SAS is made anew at each try. If it goes on, set this host's clock, or a longer BACKUP_SAS_LIFETIME.",
  },
];

/** What to do about a SAS or a container that the HSM can't use. */
export function storageRemedy(call: HsmCall, text: string): string {
  const [account, container] = namesOf(call.target?.containerUrl);
  const cause = CAUSES.find(({ words }) => words.test(text));
  if (cause !== undefined) return cause.remedy(account, container, call);
  return `The SAS is made anew at each try. If it goes on: BACKUP_STORAGE_URL must be the account of ${container} (az storage account show --name ${account} --query primaryEndpoints.blob), and the app's identity needs "Storage Blob Data Contributor" and "Storage Blob Delegator" on it.`;
}

/** Account and container of a container's URL; on a loopback address the account is the first segment of the path. */
function namesOf(containerUrl: string | undefined): readonly [string, string] {
  const url = containerUrl !== undefined && URL.canParse(containerUrl) ? new URL(containerUrl) : undefined;
  const [container, account] = url?.pathname.split("/").filter(Boolean).reverse() ?? [];
  return [account ?? url?.hostname.split(".")[0] ?? "ACCOUNT", container ?? "CONTAINER"];
}
