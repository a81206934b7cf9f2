// Roles on the account that receives the backups.

param accountName string

@description('The app: creates dated containers, lists the blobs, writes the manifest beside them.')
param principalId string

@description('Whether the app creates a SAS: only then it needs a delegation key.')
param mintsSas bool

@description('The HSMs\' identity, where they write with their own; else empty.')
param hsmPrincipalId string

var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor
var storageBlobDelegator = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a' // Storage Blob Delegator

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: accountName
}

resource appWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, principalId, storageBlobDataContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
    description: 'Storage Blob Data Contributor'
  }
}

resource appDelegates 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (mintsSas) {
  scope: account
  name: guid(account.id, principalId, storageBlobDelegator)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDelegator)
    description: 'Storage Blob Delegator'
  }
}

resource hsmsWrite 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(hsmPrincipalId)) {
  scope: account
  name: guid(account.id, hsmPrincipalId, storageBlobDataContributor)
  properties: {
    principalId: hsmPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
    description: 'Storage Blob Data Contributor'
  }
}
