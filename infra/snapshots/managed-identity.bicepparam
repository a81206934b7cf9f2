using '../main.bicep'

// HSMs with an identity of their own, into an account that is closed to the public network, under a customer's key.

var spoke = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/spoke'

param hsmIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso'
]
param authentication = 'managedIdentity'
param network = 'private'
param backupNetwork = 'private'
param appSubnetId = '${spoke}/subnets/backup'
param delegatesSubnet = false
param endpointSubnetId = '${spoke}/subnets/endpoints'
param customerKeyUri = 'https://keys.vault.azure.net/keys/backups'
param customerKeyIdentityId = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/keys/providers/Microsoft.ManagedIdentity/userAssignedIdentities/storage'
