// The account that receives the backups, where it exists already: nothing of it changes but a role assignment. Whether it
// is suitable is known only at deployment, so all other resources wait for this.

param name string
param authentication string
param hsmNames string[]

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: name
}

var isClosed = account.properties.?publicNetworkAccess == 'Disabled' || account.properties.?networkAcls.?defaultAction == 'Deny'
var keyHost = split('${account.properties.?encryption.?keyvaultproperties.?keyvaulturi ?? ''}///', '/')[2]
var isKeyOfBackedUpHsm = contains(toLower(keyHost), '.managedhsm.') && contains(
  hsmNames,
  toLower(split(keyHost, '.')[0])
)

output id string = account.id
output blobUrl string = authentication == 'sas' && isClosed
  ? fail('existingBackupStorageId: ${name} is closed to the public network, and sas can\'t reach it there: open it, or choose managedIdentity')
  : (isKeyOfBackedUpHsm
      ? fail('existingBackupStorageId: ${name} is encrypted with a key of ${keyHost}, an HSM that is backed up into it: when that is lost, its backups couldn\'t be read')
      : account.properties.primaryEndpoints.blob)
