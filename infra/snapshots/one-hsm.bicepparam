using '../main.bicep'

// The least that has to be given.

param hsmIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso'
]
