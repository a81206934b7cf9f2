// The workbook: workbook.json, built from the .kql files beside it by `node infra/workbook/build.ts`.

@description('Region of the workbook.')
param location string = resourceGroup().location

@description('The Log Analytics workspace that the app\'s Application Insights writes to.')
param workspaceId string

@description('Names of the HSMs that must have backups, as in the alarms.')
@minLength(1)
param hsmNames string[]

@description('The title in the portal.')
param title string = 'Managed HSM backups'

// Inside a string of JSON: an apostrophe needs no escape there.
var names = join(map(hsmNames, name => '\'${toLower(name)}\''), ', ')

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  // A workbook's name must be a GUID.
  name: guid(resourceGroup().id, 'managed-hsm-backup-workbook')
  location: location
  kind: 'shared'
  properties: {
    displayName: title
    category: 'workbook'
    sourceId: workspaceId
    version: 'Notebook/1.0'
    serializedData: replace(loadTextContent('workbook.json'), '\'{HSMS}\'', names)
  }
}

output workbookId string = workbook.id
