// Keeps Resource Manager from deleting an account. It doesn't protect blobs or containers: soft delete does.

param accountName string

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: accountName
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: account
  name: 'holds-backups'
  properties: {
    level: 'CanNotDelete'
    notes: 'Managed HSM backups or the proof of them. Remove this lock on purpose, and only after a copy was made.'
  }
}
