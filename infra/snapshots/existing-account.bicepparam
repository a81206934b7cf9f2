// An existing account and existing workspaces: nothing of them changes but a role assignment.
using '../main.bicep'

param hsmIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso'
]
param existingBackupStorageId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/vaults/providers/Microsoft.Storage/storageAccounts/contosobackups'
param workspaceId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/central'
param deleteLock = false
param setsHsmDiagnostics = false
param setsStorageDiagnostics = false
param actionGroupId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/logs/providers/Microsoft.Insights/actionGroups/on-call'
