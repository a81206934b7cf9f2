// US Government: every address comes from the cloud or from the resource itself.
using '../main.bicep'

var spoke = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/spoke'
var contoso = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso'

param location = 'usgovvirginia'
param hsmIds = [contoso]
param hsmIdsWithEndpoint = [contoso]
param network = 'private'
param appSubnetId = '${spoke}/subnets/backup'
param endpointSubnetId = '${spoke}/subnets/endpoints'
