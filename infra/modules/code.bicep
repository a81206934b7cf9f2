// Deploys the built code with the template: for the portal, where no tool is at hand.

param appName string

@description('Address of the zip of dist/.')
param packageUri string

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource package 'Microsoft.Web/sites/extensions@2025-03-01' = {
  parent: app
  name: 'onedeploy'
  // The type knows the name, not yet what is in it: https://learn.microsoft.com/azure/azure-functions/functions-infrastructure-as-code
  #disable-next-line BCP187
  properties: {
    packageUri: packageUri
    remoteBuild: false
  }
}
