// Keeps what was deleted or overwritten in an account for a number of days.

param accountName string

@minValue(30)
@maxValue(365)
param days int

@description('Keep every older version of a blob as well, for as many days. Without that limit, expired backups would stay and cost forever.')
param versioning bool

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: accountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2026-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: days }
    containerDeleteRetentionPolicy: { enabled: true, days: days }
    isVersioningEnabled: versioning
  }
}

resource oldVersions 'Microsoft.Storage/storageAccounts/managementPolicies@2026-06-01' = if (versioning) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'remove-old-versions'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob', 'appendBlob'] }
            actions: { version: { delete: { daysAfterCreationGreaterThan: days } } }
          }
        }
      ]
    }
  }
  dependsOn: [blobs]
}
