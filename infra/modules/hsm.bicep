// One HSM, in its own group and subscription: its audit log goes to the workspace.

param name string
param workspaceId string
param settingName string

resource hsm 'Microsoft.KeyVault/managedHSMs@2026-02-01' existing = {
  name: name
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: hsm
  name: settingName
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}
