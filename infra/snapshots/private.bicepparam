using '../main.bicep'

// The app in a subnet, two zones that exist and two that don't, and one HSM with an endpoint of ours.

var spoke = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/spoke'
var zones = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones'

param hsmIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso'
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/fabrikam'
]
param network = 'private'
param appSubnetId = '${spoke}/subnets/backup'
param endpointSubnetId = '${spoke}/subnets/endpoints'
param hsmIdsWithEndpoint = [
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso'
]
param dnsZoneIds = {
  blob: '${zones}/privatelink.blob.core.windows.net'
  queue: '${zones}/privatelink.queue.core.windows.net'
}
param auditWorkspaceId = '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/central'
