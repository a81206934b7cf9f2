// The Functions host's own account: its locks and timers, the app's package, the queues, and the ledger, which is kept for years.

param location string
param name string
param tags object
param redundancy string
param softDeleteDays int
param versioning bool

@description('As BACKUP_LEDGER: the ledger\'s container and the start of the queues\' names.')
param ledger string

@description('Whether only private endpoints reach it.')
param isPrivate bool

var queueNames = ['${ledger}-follow-ups', '${ledger}-follow-ups-poison']

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'None' }
  }
}

module protection 'blob-protection.bicep' = {
  params: { accountName: account.name, days: softDeleteDays, versioning: versioning }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2026-06-01' existing = {
  parent: account
  name: 'default'
}

// The app never creates it: a ledger that was deleted must not look like a new one.
resource ledgerContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-06-01' = {
  parent: blobs
  name: ledger
  dependsOn: [protection]
}

resource package 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-06-01' = {
  parent: blobs
  name: 'app-package'
  dependsOn: [protection]
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2026-06-01' = {
  parent: account
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-06-01' = [
  for queue in queueNames: {
    parent: queueService
    name: queue
  }
]

output id string = account.id
output name string = account.name
output endpoints { blob: string, queue: string, table: string } = {
  blob: account.properties.primaryEndpoints.blob
  queue: account.properties.primaryEndpoints.queue
  table: account.properties.primaryEndpoints.table
}
@description('ISO 8601. It stays the same when the template is deployed again.')
output createdAt string = dateTimeAdd(account.properties.creationTime, 'PT0S', 'yyyy-MM-ddTHH:mm:ssZ')
output packageContainerUrl string = '${account.properties.primaryEndpoints.blob}${package.name}'
