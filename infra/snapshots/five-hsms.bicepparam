using '../main.bicep'

// Five HSMs of three groups and two subscriptions, many values of their own, and the code with the template.

param hsmIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso'
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/fabrikam'
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/europe/providers/Microsoft.KeyVault/managedHSMs/Tailspin'
  '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/europe/providers/Microsoft.KeyVault/managedHSMs/adatum'
  '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/asia/providers/Microsoft.KeyVault/managedHSMs/litware'
]
param schedule = '0 0 1 * * SUN'
param maxAgeHours = 175
param deadManHours = 175
param ledger = 'contoso-backups'
param backupLocation = 'northeurope'
param redundancy = 'Standard_GRS'
param versioning = true
param softDeleteDays = 60
param emails = ['hsm-operators@contoso.example']
param alarmOverrides = { silent: { severity: 0 } }
param runbooks = 'https://contoso.example/runbooks'
param packageUri = 'https://contoso.example/managed-hsm-backup.zip'
