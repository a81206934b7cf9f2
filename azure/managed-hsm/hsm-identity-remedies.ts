import { CLOSED_NETWORK, type StorageCause, type StorageRefused, TOO_FEW_PERMISSIONS } from "./storage-cause.ts";

// What an HSM says that has no identity to write with, or can't use it, isn't documented: any word of one is taken for it.
const IDENTITY = /managed[- ]?identit|user[- ]?assigned|\bUAMI\b|\bMSI\b/i;

/** Whether a refusal speaks of the HSM's own identity. */
export const isIdentityProblem = (text: string): boolean => IDENTITY.test(text);

/** Known causes of a storage that the HSM can't use with its own identity. */
export const IDENTITY_CAUSES: readonly StorageCause[] = [
  {
    words: TOO_FEW_PERMISSIONS,
    remedy: (refused) =>
      `The HSM's identity may not write there; the role takes some minutes to spread: ${grant(refused)}`,
  },
  {
    words: CLOSED_NETWORK,
    remedy: ({ account }) =>
      `With its own identity the HSM comes as a trusted service; let it in: az storage account update --name ${account} --bypass AzureServices`,
  },
  {
    words: IDENTITY,
    remedy: (refused) => attach(refused),
  },
];

/** Whatever else the HSM says of the storage. */
export const identityRemedy = (refused: StorageRefused): string =>
  `BACKUP_STORAGE_URL must be the account of ${refused.container} (az storage account show --name ${refused.account} --query primaryEndpoints.blob). ${attach(refused)}`;

// https://learn.microsoft.com/azure/key-vault/managed-hsm/backup-restore: the identity is the HSM's, not the app's.
const attach = (refused: StorageRefused): string =>
  `With BACKUP_AUTHENTICATION=managedIdentity the HSM needs a user-assigned identity of its own. Attach one, naming again those that it has (${shown(refused)}): az keyvault update-hsm --hsm-name ${refused.call.hsm.name} --mi-user-assigned IDENTITY_RESOURCE_ID. Then give it its role: ${grant(refused)}`;

const grant = (refused: StorageRefused): string =>
  `az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id "$(${shown(refused)} --query "identity.userAssignedIdentities.*.principalId | [0]" --output tsv)" --assignee-principal-type ServicePrincipal --scope "$(az storage account show --name ${refused.account} --query id --output tsv)"`;

const shown = ({ call }: StorageRefused): string => `az keyvault show --hsm-name ${call.hsm.name}`;
