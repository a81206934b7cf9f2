// The Function app: Flex Consumption, Node 24, no key anywhere.

param location string
param name string
param tags object
param identityId string
param clientId string

@description('Endpoints of the host\'s account.')
param hostStorage { blob: string, queue: string, table: string }

param packageContainerUrl string
param insightsConnectionString string

@description('The app\'s subnet, or empty for the public network.')
param subnetId string

@description('Memory of an instance in MB.')
param instanceMemory int

@description('Instances at most.')
param mostInstances int

@description('What is backed up, where to, when and how: see the settings in README.md.')
param backup {
  hsmUrls: string[]
  storageUrl: string
  schedule: string
  containerPrefix: string
  ledger: string
  authentication: string
  sasLifetime: string
  hsmApiVersion: string
  deadline: string
  @description('ISO 8601, or empty for off.')
  maxAge: string
  @description('Of a Key Vault secret, or empty for off.')
  pingSecretUri: string
}

var alwaysSet = {
  BACKUP_HSM_URLS: join(backup.hsmUrls, ',')
  BACKUP_STORAGE_URL: backup.storageUrl
  BACKUP_SCHEDULE: backup.schedule
  BACKUP_CONTAINER_PREFIX: backup.containerPrefix
  BACKUP_LEDGER: backup.ledger
  BACKUP_AUTHENTICATION: backup.authentication
  BACKUP_SAS_LIFETIME: backup.sasLifetime
  BACKUP_HSM_API_VERSION: backup.hsmApiVersion
  BACKUP_DEADLINE: backup.deadline

  AZURE_CLIENT_ID: clientId
  // Not accountName: the host, and the app, would add the public cloud's domain to it.
  AzureWebJobsStorage__blobServiceUri: hostStorage.blob
  AzureWebJobsStorage__queueServiceUri: hostStorage.queue
  AzureWebJobsStorage__tableServiceUri: hostStorage.table
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
  // The host logs why a package could not be loaded. It has no functions then, with this setting or without it.
  FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: 'true'
}
var settings = union(
  alwaysSet,
  empty(backup.maxAge) ? {} : { BACKUP_MAX_AGE: backup.maxAge },
  empty(backup.pingSecretUri) ? {} : { BACKUP_PING_URL: '@Microsoft.KeyVault(SecretUri=${backup.pingSecretUri})' }
)

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // azd finds where to deploy by this tag.
  tags: union(tags, { 'azd-service-name': 'backup' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      appSettings: [for setting in items(settings): { name: setting.key, value: setting.value }]
    }
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: { instanceMemoryMB: instanceMemory, maximumInstanceCount: mostInstances }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
    }
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noDeployPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
