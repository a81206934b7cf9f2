// Application Insights on a workspace. The app writes to it with its identity only.

param location string
param name string
param tags object

@description('A workspace that exists already, or empty.')
param existingWorkspaceId string

@minValue(31)
param retentionDays int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = if (empty(existingWorkspaceId)) {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
  }
}

var workspaceId = empty(existingWorkspaceId) ? workspace.id : existingWorkspaceId

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    DisableLocalAuth: true
    // All of it: an event that was sampled away would look like a backup that wasn't made.
    SamplingPercentage: 100
  }
}

output workspaceId string = workspaceId
output insightsId string = insights.id
output insightsName string = insights.name
output connectionString string = insights.properties.ConnectionString
