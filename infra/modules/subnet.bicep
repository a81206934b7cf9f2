// Reads the app's subnet, then delegates it. Two steps, because a template can't both read and write one resource.

param networkName string
param subnetName string

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' existing = {
  name: networkName
}

resource subnet 'Microsoft.Network/virtualNetworks/subnets@2024-07-01' existing = {
  parent: network
  name: subnetName
}

module delegation 'subnet-delegation.bicep' = {
  params: { networkName: networkName, subnetName: subnetName, current: subnet.properties }
}

output id string = delegation.outputs.id
