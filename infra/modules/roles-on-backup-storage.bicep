// Who may do what in the account that receives the backups.

param accountName string

@description('The app: makes dated containers, lists what was written, leaves a copy of the record beside it.')
param principalId string

@description('Whether the app hands out a SAS: only then it may ask for a delegation key.')
param mintsSas bool

@description('The HSMs, where they write with an identity of their own; else empty.')
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
