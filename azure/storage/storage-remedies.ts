import { networkRemedy } from "../network-remedies.ts";

/** Which of its storages the app called: the roles that it needs differ. */
export type StorageSide = "ledger" | "queue" | "backups" | "delegationKey";

/** Where a call failed. */
type Where = { readonly side: StorageSide; readonly account: string; readonly target: string };

/** The role that the app's identity needs, always at the scope of the account. */
const ROLES = {
  ledger: "Storage Blob Data Owner",
  queue: "Storage Queue Data Contributor",
  backups: "Storage Blob Data Contributor",
  delegationKey: "Storage Blob Delegator",
} as const satisfies Record<StorageSide, string>;

const isHostStorage = ({ side }: Where): boolean => side === "ledger" || side === "queue";
const settingOf = (where: Where): string => (isHostStorage(where) ? "AzureWebJobsStorage" : "BACKUP_STORAGE_URL");

const grantRole = ({ side, account }: Where): string =>
  `Grant the app's identity "${ROLES[side]}" on the storage account ${account}: az role assignment create --role "${ROLES[side]}" --assignee PRINCIPAL_ID --scope $(az storage account show --name ${account} --query id --output tsv). It takes effect within ten minutes; the app retries.`;

const openFirewall = (where: Where): string =>
  `Let the app through the firewall of the storage account ${where.account} (az storage account show --name ${where.account} --query "{public:publicNetworkAccess,rules:networkRuleSet}")${
    isHostStorage(where) ? "" : "; with a SAS the HSM connects over the public network, which the account must allow"
  }.`;

const useIdentity = ({ account }: Where): string =>
  `The account ${account} does not allow account-key access: replace the connection string AzureWebJobsStorage with AzureWebJobsStorage__accountName=${account} (and AzureWebJobsStorage__credential=managedidentity), and grant the app's identity "${ROLES.ledger}" and "${ROLES.queue}" on it.`;

const checkCredentials = (where: Where): string =>
  isHostStorage(where)
    ? `Check the account key in AzureWebJobsStorage (it may have been rotated) and the clock of this machine: ${where.account} refuses a difference of more than 15 minutes.`
    : `Check the clock of this machine (a difference of more than 15 minutes is refused), and that the app's identity belongs to the tenant of the account ${where.account}.`;

const createContainer = ({ side, account, target }: Where): string =>
  side === "ledger"
    ? `Create the ledger's container: az storage container create --name ${target} --account-name ${account} --auth-mode login.`
    : `Find out what deleted the container ${target} of the account ${account}; where soft delete is on, az storage container restore brings it back.`;

const waitForDeletion = ({ target }: Where): string =>
  `${target} was deleted a moment ago, and its name is not free yet; the app retries. Find out what deletes it.`;

const slowDown = ({ account }: Where): string =>
  `The storage account ${account} is throttling requests or busy; the app retries. If this persists, look for what else uses it, and give the backups an account of their own.`;

const removeLock = ({ target }: Where): string =>
  `Remove the immutability policy, legal hold or lease from ${target}: Managed HSM can't write its backups under one.`;

const checkAddress = (where: Where): string =>
  `A server other than Azure Storage answered: check ${settingOf(where)}, and any proxy between the app and that address.`;

const enableAccount = ({ account }: Where): string =>
  `Enable the storage account ${account} again in the Azure portal.`;

const reportBug = (): string =>
  "The app could not process this; it retries. If this persists, report it as a bug, with the stack in the log.";

/** What to do about each code of storage. */
const REMEDIES: Readonly<Record<string, (where: Where) => string>> = {
  AuthorizationPermissionMismatch: grantRole,
  AuthorizationFailure: openFirewall,
  KeyBasedAuthenticationNotPermitted: useIdentity,
  AuthenticationFailed: checkCredentials,
  InvalidAuthenticationInfo: checkCredentials,
  NoAuthenticationInformation: checkCredentials,
  AccountIsDisabled: enableAccount,
  ContainerNotFound: createContainer,
  ContainerDisabled: createContainer,
  ContainerBeingDeleted: waitForDeletion,
  QueueBeingDeleted: waitForDeletion,
  BlobImmutableDueToPolicy: removeLock,
  LeaseIdMissing: removeLock,
  TypeError: reportBug,
  RangeError: reportBug,
  PARSE_ERROR: checkAddress,
  noCode: checkAddress,
};

/** The operator's next command or setting. */
export function remedyFor(status: number | null, code: string, where: Where): string {
  const known = Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined;
  if (known !== undefined) return known(where);
  if (status === 401 || status === 403) return grantRole(where);
  if (status === 429 || (status ?? 0) >= 500) return slowDown(where);
  if (status !== null)
    return `Look up the code ${code} in Azure's list of storage error codes, and check ${settingOf(where)}.`;
  const host = `the storage account ${where.account}`;
  return networkRemedy(
    { host, setting: settingOf(where), showAddress: `az storage account show --name ${where.account}` },
    code,
  );
}
