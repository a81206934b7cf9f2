// Delegates the subnet to Flex Consumption. Writing a subnet replaces it whole, so every property that can be set is written
// back as it was read; the platform keeps its own (endpoints, links, state).

param networkName string
param subnetName string
param current object

// https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#enable-virtual-network-integration
var service = 'Microsoft.App/environments'
var delegations = current.?delegations ?? []
var isDelegated = !empty(filter(delegations, each => toLower(each.properties.serviceName) == toLower(service)))
var kept = [
  'addressPrefix'
  'addressPrefixes'
  'networkSecurityGroup'
  'routeTable'
  'natGateway'
  'serviceEndpoints'
  'serviceEndpointPolicies'
  'privateEndpointNetworkPolicies'
  'privateLinkServiceNetworkPolicies'
  'defaultOutboundAccess'
]
var asItWas = toObject(filter(items(current), each => contains(kept, each.key)), each => each.key, each => each.value)

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' existing = {
  name: networkName
}

resource subnet 'Microsoft.Network/virtualNetworks/subnets@2024-07-01' = {
  parent: network
  name: subnetName
  properties: union(asItWas, {
    delegations: isDelegated ? delegations : [{ name: 'flex-consumption', properties: { serviceName: service } }]
  })
}

output id string = subnet.id
