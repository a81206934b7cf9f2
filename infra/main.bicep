// Backs up Managed HSMs and watches the backups. This file only connects: each concern has a file in modules/.

targetScope = 'resourceGroup'

import { override } from 'alarms/alarms.bicep'
import {
  checkedApiVersion
  checkedAuthentication
  checkedBackupNetwork
  checkedCustomerKey
  checkedDeadManHours
  checkedHsmIds
  checkedLedger
  checkedMaxAge
  checkedPrefix
  checkedRunbooks
  checkedSchedule
  checkedSubnet
  hsmNameOf
} from 'checks.bicep'

@description('What is backed up: resource ids of Managed HSMs, of any group or subscription.')
@minLength(1)
@maxLength(100)
param hsmIds string[]

@description('Region of everything but the backups.')
param location string = resourceGroup().location

@description('Begins every name.')
@minLength(3)
@maxLength(20)
param name string = 'mhsm-backup'

param tags object = {}

// When and how. Defaults are the app's own; README.md says what each of them means.

@description('NCRONTAB with six fields, in UTC.')
param schedule string = '0 0 2 * * *'

@description('Containers are {prefix}-{hsm}-{yyyy-MM-dd}.')
param containerPrefix string = 'mhsm-backup'

@description('How an HSM gets to the storage: with a SAS for one container that lives a day, or with an identity of its own.')
@allowed(['sas', 'managedIdentity'])
param authentication string = 'sas'

@description('ISO 8601, 1 hour to 6 days.')
param sasLifetime string = 'PT25H'

@description('Empty: 7.4 for sas, 7.5 for managedIdentity.')
param hsmApiVersion string = ''

@description('ISO 8601, shorter than the SAS lives.')
param deadline string = 'PT6H'

@description('Hours after which an HSM without a newer backup is overdue, even where its schedule allows more. Empty: off.')
@minValue(2)
param maxAgeHours int?

@description('Address of a Key Vault secret that holds the https address that the app calls after each tick, as of a check at healthchecks.io. The app\'s identity needs Key Vault Secrets User on it. Empty: off.')
param pingSecretUri string = ''

@description('Container of the ledger in the host\'s account, and the start of its queues\' names. A second app on one account needs its own.')
param ledger string = 'backup-runs'

// Where the backups go.

@description('An account that exists already, or empty for one that is created here.')
param existingBackupStorageId string = ''

@description('Region of the backups.')
param backupLocation string = location

@description('Default: copies in three zones and in another region, because one regional loss must not take HSM and backups. Regions without a pair or zones need another.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param redundancy string = 'Standard_RAGZRS'

@description('The same for the host\'s account: its ledger is kept for years.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param hostRedundancy string = redundancy

@description('Days in which a deleted or overwritten blob, or a deleted container, can be restored.')
@minValue(30)
@maxValue(365)
param softDeleteDays int = 30

@description('Keep older versions of blobs as well, for as many days.')
param versioning bool = false

@description('Locks both accounts against deletion by Resource Manager, and so against azd down. It also hinders removing roles below the accounts.')
param deleteLock bool = true

@description('https://{vault}/keys/{name}: a customer-managed key for the backup account, not in an HSM that is backed up. Empty: Microsoft\'s.')
param customerKeyUri string = ''

@description('The user-assigned identity that may use that key.')
param customerKeyIdentityId string = ''

// Network.

@description('private: the app in an existing subnet, its host\'s storage behind private endpoints.')
@allowed(['public', 'private'])
param network string = 'public'

@description('private: only private endpoints, and HSMs with an identity of their own, reach the backup account that is created here.')
@allowed(['public', 'private'])
param backupNetwork string = 'public'

@description('The app\'s subnet, for it alone, /27 or larger.')
param appSubnetId string = ''

@description('Delegate the app\'s subnet to Microsoft.App/environments. Set to false where the subnet is managed elsewhere.')
param delegatesSubnet bool = true

@description('The subnet for private endpoints, of the same network.')
param endpointSubnetId string = ''

@description('Those of hsmIds that get a private endpoint here; the others are reachable already.')
param hsmIdsWithEndpoint string[] = []

@description('Private DNS zones that exist and are linked, by blob, queue, table and managedhsm; missing ones are created here.')
param dnsZoneIds { blob: string?, queue: string?, table: string?, managedhsm: string? } = {}

// Watching.

@description('An existing Log Analytics workspace, or empty for one that is created here.')
param workspaceId string = ''

@description('Days that a workspace created here keeps its rows.')
@minValue(31)
@maxValue(730)
param retentionDays int = 90

@description('Whether the HSMs\' diagnostic setting is made here. If not, another one must send AuditEvent to auditWorkspaceId.')
param setsHsmDiagnostics bool = true

@description('A central workspace for the HSMs\' audit log, or empty for the one above.')
param auditWorkspaceId string = ''

@description('Whether the diagnostic setting of the backup account is made here. If not, another one must send StorageWrite to storageLogWorkspaceId.')
param setsStorageDiagnostics bool = true

@description('A central workspace for the log of the backup account, or empty for the one above.')
param storageLogWorkspaceId string = ''

@description('Addresses that get the alerts.')
param emails string[] = []

@description('An existing action group to notify instead.')
param actionGroupId string = ''

@description('Hours without an accepted start, or without a write, after which the two dead man alarms fire. Needed where schedule or deadline are your own: the longest gap, the deadline and one hour; 48 or more turns the two off.')
@minValue(2)
param deadManHours int?

@description('Changes to the alarms\' own severity, window and threshold, by alarm.')
param alarmOverrides override = {}

@description('https://…: where docs/runbooks of this project can be read, so that a mail has a link to its page. Empty: it names the page.')
param runbooks string = ''

// The app.

@description('Address of a zip of dist/ that Azure can read: deploys the code with the template. Empty where azd or az deploys it.')
param packageUri string = ''

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemory int = 512

@description('Instances at most.')
@minValue(1)
@maxValue(1000)
param mostInstances int = 40

var hsms = map(checkedHsmIds(hsmIds), id => { name: hsmNameOf(id), resourceId: id })
var hsmNames = map(hsms, hsm => hsm.name)
var hsmDomain = replace(environment().suffixes.keyvaultDns, '.vault.', 'managedhsm.')
var prefix = checkedPrefix(containerPrefix, hsmNames)
var mode = checkedAuthentication(authentication, checkedBackupNetwork(backupNetwork, network))
var hasUsualSchedule = schedule == '0 0 2 * * *' && deadline == 'PT6H'
var maxAge = checkedMaxAge(maxAgeHours, hasUsualSchedule)
var deadMan = checkedDeadManHours(deadManHours, 31, hasUsualSchedule)
var ledgerName = checkedLedger(ledger)
var appSubnet = checkedSubnet(appSubnetId, 'appSubnetId', network)
var endpointSubnet = checkedSubnet(endpointSubnetId, 'endpointSubnetId', network)
var isPrivate = network == 'private'
var makesBackupStorage = empty(existingBackupStorageId)
var existingId = split('${existingBackupStorageId}/////////', '/')

// Unique, and 24 lower-case letters and digits at most for the accounts.
var token = uniqueString(resourceGroup().id, name)
var stem = take(replace(toLower(name), '-', ''), 5)
var uniqueName = '${toLower(name)}-${token}'
var backupAccount = makesBackupStorage ? '${stem}backup${token}' : existingId[8]

module identity 'modules/identity.bicep' = {
  params: { location: location, name: uniqueName, tags: tags, makesHsmIdentity: mode == 'managedIdentity' }
  dependsOn: [existingBackups]
}

module backups 'modules/backup-storage.bicep' = if (makesBackupStorage) {
  params: {
    location: backupLocation
    name: '${stem}backup${token}'
    tags: tags
    redundancy: redundancy
    softDeleteDays: softDeleteDays
    versioning: versioning
    isPublic: backupNetwork == 'public'
    customerKeyUri: checkedCustomerKey(customerKeyUri, hsmNames)
    customerKeyIdentityId: customerKeyIdentityId
  }
}

module existingBackups 'modules/existing-backup-storage.bicep' = if (!makesBackupStorage) {
  scope: resourceGroup(existingId[2], existingId[4])
  params: { name: backupAccount, authentication: mode, hsmNames: hsmNames }
}

var backupStorageId = makesBackupStorage ? backups!.outputs.id : existingBackups!.outputs.id
var backupStorageUrl = makesBackupStorage ? backups!.outputs.blobUrl : existingBackups!.outputs.blobUrl

module host 'modules/host-storage.bicep' = {
  params: {
    location: location
    name: '${stem}host${token}'
    tags: tags
    redundancy: hostRedundancy
    softDeleteDays: softDeleteDays
    versioning: versioning
    ledger: ledgerName
    isPrivate: isPrivate
  }
  dependsOn: [existingBackups]
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    location: location
    name: uniqueName
    tags: tags
    existingWorkspaceId: workspaceId
    retentionDays: retentionDays
  }
  dependsOn: [existingBackups]
}

module rolesOnHost 'modules/roles-on-host-storage.bicep' = {
  params: { accountName: host.outputs.name, principalId: identity.outputs.principalId }
}

module rolesOnBackups 'modules/roles-on-backup-storage.bicep' = {
  scope: resourceGroup(
    makesBackupStorage ? subscription().subscriptionId : existingId[2],
    makesBackupStorage ? resourceGroup().name : existingId[4]
  )
  params: {
    accountName: last(split(backupStorageId, '/'))
    principalId: identity.outputs.principalId
    mintsSas: mode == 'sas'
    hsmPrincipalId: identity.outputs.hsmPrincipalId
  }
}

module rolesOnMonitoring 'modules/roles-on-monitoring.bicep' = {
  params: { insightsName: monitoring.outputs.insightsName, principalId: identity.outputs.principalId }
}

module subnet 'modules/subnet.bicep' = if (isPrivate && delegatesSubnet) {
  scope: resourceGroup(split('${appSubnet}/////////', '/')[2], split('${appSubnet}/////////', '/')[4])
  params: {
    networkName: split('${appSubnet}/////////', '/')[8]
    subnetName: last(split(appSubnet, '/'))
  }
}

module privateNetwork 'modules/network.bicep' = if (isPrivate) {
  params: {
    location: location
    name: uniqueName
    tags: tags
    networkId: split(endpointSubnet, '/subnets/')[0]
    endpointSubnetId: endpointSubnet
    hostStorageId: host.outputs.id
    backupStorageId: makesBackupStorage && backupNetwork == 'private' ? backups!.outputs.id : ''
    hsmIds: checkedHsmIds(hsmIdsWithEndpoint)
    dnsZoneIds: dnsZoneIds
  }
}

module app 'modules/app.bicep' = {
  params: {
    location: location
    name: uniqueName
    tags: tags
    identityId: identity.outputs.id
    clientId: identity.outputs.clientId
    hostStorage: host.outputs.endpoints
    packageContainerUrl: host.outputs.packageContainerUrl
    insightsConnectionString: monitoring.outputs.connectionString
    subnetId: isPrivate ? (delegatesSubnet ? subnet!.outputs.id : appSubnet) : ''
    instanceMemory: instanceMemory
    mostInstances: mostInstances
    backup: {
      hsmUrls: map(hsmNames, hsm => 'https://${hsm}.${hsmDomain}')
      storageUrl: backupStorageUrl
      schedule: checkedSchedule(schedule)
      containerPrefix: prefix
      ledger: ledgerName
      authentication: mode
      sasLifetime: sasLifetime
      hsmApiVersion: checkedApiVersion(hsmApiVersion, mode)
      deadline: deadline
      maxAge: maxAge
      pingSecretUri: pingSecretUri
    }
  }
  // An app that starts without them logs failures until they are there.
  dependsOn: [rolesOnHost, rolesOnMonitoring, privateNetwork]
}

module code 'modules/code.bicep' = if (!empty(packageUri)) {
  params: { appName: app.outputs.name, packageUri: packageUri }
  dependsOn: [rolesOnBackups]
}

module hsmLogs 'modules/hsm.bicep' = [
  for hsm in hsms: if (setsHsmDiagnostics) {
    scope: resourceGroup(split(hsm.resourceId, '/')[2], split(hsm.resourceId, '/')[4])
    params: {
      name: last(split(hsm.resourceId, '/'))
      workspaceId: empty(auditWorkspaceId) ? monitoring.outputs.workspaceId : auditWorkspaceId
      settingName: uniqueName
    }
  }
]

module backupLog 'modules/backup-storage-log.bicep' = if (setsStorageDiagnostics) {
  scope: resourceGroup(
    makesBackupStorage ? subscription().subscriptionId : existingId[2],
    makesBackupStorage ? resourceGroup().name : existingId[4]
  )
  params: {
    accountName: last(split(backupStorageId, '/'))
    workspaceId: empty(storageLogWorkspaceId) ? monitoring.outputs.workspaceId : storageLogWorkspaceId
    name: uniqueName
  }
}

module hostLock 'modules/lock.bicep' = if (deleteLock) {
  params: { accountName: host.outputs.name }
}

module backupLock 'modules/lock.bicep' = if (deleteLock && makesBackupStorage) {
  params: { accountName: last(split(backupStorageId, '/')) }
}

module alarms 'alarms/alarms.bicep' = {
  params: {
    location: location
    workspaceId: monitoring.outputs.workspaceId
    auditWorkspaceId: empty(auditWorkspaceId) ? monitoring.outputs.workspaceId : auditWorkspaceId
    storageLogWorkspaceId: empty(storageLogWorkspaceId) ? monitoring.outputs.workspaceId : storageLogWorkspaceId
    hsms: hsms
    emails: emails
    actionGroupId: actionGroupId
    backupStorageId: backupStorageId
    backupContainerPrefix: prefix
    deadManHours: deadMan
    installedAt: host.outputs.createdAt
    overrides: alarmOverrides
    runbooks: checkedRunbooks(runbooks)
  }
}

module workbook 'workbook/workbook.bicep' = {
  params: { location: location, workspaceId: monitoring.outputs.workspaceId, hsmNames: hsmNames }
}

@description('What the step after provisioning works on, see post-provision/.')
output POST_PROVISION object = {
  app: app.outputs.name
  appUrl: app.outputs.url
  group: resourceGroup().name
  subscription: subscription().subscriptionId
  principalId: identity.outputs.principalId
  hsmIds: hsmIds
  hsmIdentityId: identity.outputs.hsmIdentityId
}
