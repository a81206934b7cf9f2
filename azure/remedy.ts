import type { FailureReason } from "../backup/model/call-failed.ts";
import type { Authentication } from "../backup/model/settings.ts";

/** Which of its storages the app called: the roles that it needs differ. */
export type StorageSide = "ledger" | "queue" | "backups" | "delegationKey";
/** What was called. A start is named for how the HSM may write: with a SAS other things fail than with its own identity. */
export type Side = StorageSide | Authentication | "look" | "identity";

/** What was seen of a failed call. The service's message is left out on purpose: words decide nothing. */
export type Seen = {
  readonly side: Side;
  /** Null where there was no answer. */
  readonly status: number | null;
  /** The service's code and those of its nested errors, that of Node's network layer, or one of the app's own. */
  readonly codes: readonly string[];
};

/** A row of the table. It applies where each part that it has matches what was seen. */
export type Row = {
  readonly sides?: readonly Side[];
  /** `5` stands for every 5xx. */
  readonly statuses?: readonly (number | null)[];
  readonly codes?: readonly string[];
  /** What an HSM's error means to the run; without one, `rejected`. Storage's follows from its status (storage-call.ts). */
  readonly reason?: FailureReason;
  readonly remedy: Remedy;
};

/** What remedies name; in capitals what is not known, as in the manual of `az`. */
const UNKNOWN = {
  host: "HOST",
  /** The setting that names the host. */
  setting: "SETTING",
  /** The command that shows the resource. */
  show: "az resource show",
  hsm: "HSM",
  /** Of the app's identity. */
  objectId: "OBJECT_ID",
  account: "ACCOUNT",
  container: "CONTAINER",
  /** The role that is needed on the account, and the object id of the identity that needs it. */
  role: "Storage Blob Data Contributor",
  principal: "OBJECT_ID",
  /** The command that lets the caller through the account's firewall. */
  opening: "az storage account network-rule add",
};
export type Names = typeof UNKNOWN;
export type Remedy = (names: Names) => string;
export const naming = (known: Partial<Names>): Names => ({ ...UNKNOWN, ...known });

/** The role that the app's identity needs, always at the scope of the account. */
const ROLES = {
  ledger: "Storage Blob Data Owner",
  queue: "Storage Queue Data Contributor",
  backups: "Storage Blob Data Contributor",
  delegationKey: "Storage Blob Delegator",
} as const satisfies Record<StorageSide, string>;

export const namesOfStorage = (side: StorageSide, account: string, container: string): Names =>
  naming({
    host: `the storage account ${account}`,
    setting: side === "ledger" || side === "queue" ? "AzureWebJobsStorage" : "BACKUP_STORAGE_URL",
    show: `az storage account show --name ${account}`,
    account,
    container,
    role: ROLES[side],
    opening: `az storage account network-rule add --account-name ${account} --subnet SUBNET_ID_OF_THE_APP`,
  });
