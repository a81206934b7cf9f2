import { CLOSED_NETWORK, type StorageCause, type StorageRefused, TOO_FEW_PERMISSIONS } from "./storage-cause.ts";

const SAS_TIME = /expired|not (?:yet )?valid|time frame|signed (?:expiry|start)|lifetime/i;

/** Known causes of a SAS that the HSM can't use. */
export const SAS_CAUSES: readonly StorageCause[] = [
  {
    words: TOO_FEW_PERMISSIONS,
    remedy: ({ account, call }) =>
      `A SAS gives no more than its maker may do. Give the app's identity the role: az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id ${call.objectId ?? "OBJECT_ID"} --assignee-principal-type ServicePrincipal --scope "$(az storage account show --name ${account} --query id --output tsv)"`,
  },
  {
    words: CLOSED_NETWORK,
    remedy: ({ account }) =>
      `With a SAS the HSM comes over the public network; let it in: az storage account update --name ${account} --public-network-access Enabled --default-action Allow`,
  },
  {
    words: SAS_TIME,
    remedy: () =>
      "The SAS is made anew at each try. If it goes on, set this host's clock, or a longer BACKUP_SAS_LIFETIME.",
  },
];

/** Whatever else the HSM says of a SAS. */
export const sasRemedy = ({ account, container }: StorageRefused): string =>
  `The SAS is made anew at each try. If it goes on: BACKUP_STORAGE_URL must be the account of ${container} (az storage account show --name ${account} --query primaryEndpoints.blob), and the app's identity needs "Storage Blob Data Contributor" and "Storage Blob Delegator" on it.`;
