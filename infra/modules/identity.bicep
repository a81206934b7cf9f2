// The app's identity and, with managedIdentity, the one with which the HSMs write to the backup account.

param location string
param name string
param tags object

@description('Whether HSMs write with an identity of their own.')
param makesHsmIdentity bool

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-app'
  location: location
  tags: tags
}

resource hsm 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (makesHsmIdentity) {
  name: '${name}-hsm'
  location: location
  tags: tags
}

output id string = app.id
output clientId string = app.properties.clientId
output principalId string = app.properties.principalId

@description('Attached to each HSM by the step after provisioning; empty with SAS.')
output hsmIdentityId string = hsm.?id ?? ''
output hsmPrincipalId string = hsm.?properties.principalId ?? ''
