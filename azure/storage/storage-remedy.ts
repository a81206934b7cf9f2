import type { Refusal } from "../refusal.ts";

/** Which of its storages the app was talking to: the roles that it needs differ. */
export type StorageSide = "ledger" | "queue" | "backups" | "delegationKey";

/** Where a call was refused. */
type Where = { readonly side: StorageSide; readonly account: string; readonly target: string };

/** The role that the app's identity needs, always at the scope of the account. */
const ROLES = {
  ledger: "Storage Blob Data Owner",
  queue: "Storage Queue Data Contributor",
  backups: "Storage Blob Data Contributor",
  delegationKey: "Storage Blob Delegator",
} as const satisfies Record<StorageSide, string>;

/** The setting that names the account. */
const SETTINGS = {
  ledger: "AzureWebJobsStorage",
  queue: "AzureWebJobsStorage",
  backups: "BACKUP_STORAGE_URL",
  delegationKey: "BACKUP_STORAGE_URL",
} as const satisfies Record<StorageSide, string>;

const isHostStorage = (side: StorageSide): boolean => side === "ledger" || side === "queue";
const BY_ITSELF = "this is tried again by itself";

const grantRole = ({ side, account }: Where): string =>
  `Grant the app's identity "${ROLES[side]}" on the storage account ${account}: az role assignment create --role "${ROLES[side]}" --assignee <principal id> --scope $(az storage account show --name ${account} --query id --output tsv). It takes effect within ten minutes; ${BY_ITSELF}.`;

const openFirewall = ({ side, account }: Where): string =>
  `Let the app through the firewall of the storage account ${account} (az storage account show --name ${account} --query "{public:publicNetworkAccess,rules:networkRuleSet}")${
    isHostStorage(side) ? "" : "; with a SAS the HSM comes in by the public network, which the account has to allow"
  }.`;

const allowKey = ({ account }: Where): string =>
  `The account ${account} takes no account key: replace the connection string AzureWebJobsStorage by AzureWebJobsStorage__accountName=${account} (with AzureWebJobsStorage__credential=managedidentity), and grant the app's identity "${ROLES.ledger}" and "${ROLES.queue}" there.`;

const proveIdentity = ({ side, account }: Where): string =>
  isHostStorage(side)
    ? `Check the account key in AzureWebJobsStorage (it may have been renewed) and the clock of the machine: more than 15 minutes of difference are refused by ${account}.`
    : `Check the clock of the machine (more than 15 minutes of difference are refused), and that the app's identity belongs to the tenant of the account ${account}.`;

const findAccount = ({ side, account }: Where): string =>
  `No storage account ${account} is known there: check ${SETTINGS[side]} (az storage account show --name ${account}) and, with a private endpoint, its DNS zone.`;

const reachAccount = ({ side, account }: Where): string =>
  `The storage account ${account} could not be reached; ${BY_ITSELF}. If it lasts, check ${SETTINGS[side]}, and the network between the app and the account.`;

const trustServer = ({ side }: Where): string =>
  `The certificate at the address in ${SETTINGS[side]} is not trusted: check that address; for an emulator, set NODE_EXTRA_CA_CERTS to its certificate.`;

const createContainer = ({ side, account, target }: Where): string =>
  side === "ledger"
    ? `Create the ledger's container: az storage container create --name ${target} --account-name ${account} --auth-mode login.`
    : `Find out who deleted the container ${target} of the account ${account}; where soft delete is on, az storage container restore brings it back.`;

const waitForDeletion = ({ target }: Where): string =>
  `${target} was deleted a moment ago, and its name is not free yet; ${BY_ITSELF}. Find out who deletes it.`;

const slowDown = ({ account }: Where): string =>
  `The storage account ${account} is busy; ${BY_ITSELF}. If it lasts, see who else uses it, and give the backups an account of their own.`;

const liftLock = ({ target }: Where): string =>
  `Take the immutability policy, legal hold or lease off ${target}: Managed HSM can't write its backups under one.`;

const askSooner = ({ account }: Where): string =>
  `Lower BACKUP_SAS_LIFETIME, or check that the clock of the machine and that of the account ${account} agree: a delegation key lives seven days at most.`;

const lookBetween = ({ side }: Where): string =>
  `Something else than Azure Storage answered: check ${SETTINGS[side]}, and what stands between the app and that address.`;

const enableAccount = ({ account }: Where): string =>
  `Enable the storage account ${account} again in the Azure portal.`;

/** What to do about each code that storage, Node's network or Node's TLS gives. */
const REMEDIES: Readonly<Record<string, (where: Where) => string>> = {
  AuthorizationPermissionMismatch: grantRole,
  AuthorizationFailure: openFirewall,
  KeyBasedAuthenticationNotPermitted: allowKey,
  AuthenticationFailed: proveIdentity,
  InvalidAuthenticationInfo: proveIdentity,
  NoAuthenticationInformation: proveIdentity,
  AccountIsDisabled: enableAccount,
  ContainerNotFound: createContainer,
  ContainerDisabled: createContainer,
  ContainerBeingDeleted: waitForDeletion,
  QueueBeingDeleted: waitForDeletion,
  ServerBusy: slowDown,
  BlobImmutableDueToPolicy: liftLock,
  LeaseIdMissing: liftLock,
  DelegationKeyTooShort: askSooner,
  PARSE_ERROR: lookBetween,
  noCode: lookBetween,
  unreadableAnswer: lookBetween,
  ENOTFOUND: findAccount,
  EAI_AGAIN: findAccount,
  CERT_HAS_EXPIRED: trustServer,
  DEPTH_ZERO_SELF_SIGNED_CERT: trustServer,
  ERR_TLS_CERT_ALTNAME_INVALID: trustServer,
  SELF_SIGNED_CERT_IN_CHAIN: trustServer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: trustServer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: trustServer,
};

/** The operator's next command or setting. */
export function remedyFor({ status, code }: Refusal, where: Where): string {
  const known = Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined;
  if (known !== undefined) return known(where);
  if (status === null) return reachAccount(where);
  if (status === 401 || status === 403) return grantRole(where);
  if (status === 429 || status >= 500) return slowDown(where);
  return `Look up the code ${code} in Azure's list of storage error codes, and check ${SETTINGS[where.side]}.`;
}
