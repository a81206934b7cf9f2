// The account that receives the backups, where this template creates it.

param location string
param name string
param tags object
param redundancy string
param softDeleteDays int
param versioning bool

@description('Open to the public network, which a SAS needs; or only to private endpoints and, through bypass, to HSMs with an identity of their own.')
param isPublic bool

@description('Address of a customer\'s key with no version, or empty.')
param customerKeyUri string

@description('The identity that may use the key: Key Vault Crypto Service Encryption User at it.')
param customerKeyIdentityId string

var hasCustomerKey = !empty(customerKeyUri)

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  identity: hasCustomerKey ? { type: 'UserAssigned', userAssignedIdentities: { '${customerKeyIdentityId}': {} } } : null
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    // Managed HSM is a trusted service with an identity of its own, and only then.
    networkAcls: { defaultAction: isPublic ? 'Allow' : 'Deny', bypass: isPublic ? 'None' : 'AzureServices' }
    encryption: hasCustomerKey
      ? {
          keySource: 'Microsoft.Keyvault'
          identity: { userAssignedIdentity: customerKeyIdentityId }
          keyvaultproperties: {
            keyvaulturi: join(take(split(customerKeyUri, '/'), 3), '/')
            keyname: split(customerKeyUri, '/')[4]
          }
          services: { blob: { enabled: true }, file: { enabled: true } }
        }
      : null
  }
}

module protection 'blob-protection.bicep' = {
  params: { accountName: account.name, days: softDeleteDays, versioning: versioning }
}

output id string = account.id
output blobUrl string = account.properties.primaryEndpoints.blob
