// Private endpoints for each part of the host's storage, for the backups, and for the HSMs that were asked for.

param location string
param name string
param tags object
param networkId string
param endpointSubnetId string
param hostStorageId string

@description('Empty where the account is open to the public network, or not created by this template.')
param backupStorageId string

@description('HSMs that get an endpoint of ours; the others are reachable already.')
param hsmIds string[]

@description('Ids of zones that exist, by blob, queue, table and managedhsm; what is missing is made here.')
param dnsZoneIds { blob: string?, queue: string?, table: string?, managedhsm: string? }

var storageSuffix = environment().suffixes.storage
var hsmDomain = replace(environment().suffixes.keyvaultDns, '.vault.', 'managedhsm.')
var zones = {
  blob: 'privatelink.blob.${storageSuffix}'
  queue: 'privatelink.queue.${storageSuffix}'
  table: 'privatelink.table.${storageSuffix}'
  managedhsm: 'privatelink.${hsmDomain}'
}
var storageParts = ['blob', 'queue', 'table']

module storageZones 'private-dns-zone.bicep' = [
  for part in storageParts: if (empty(dnsZoneIds[?part] ?? '')) {
    params: { zone: zones[part], networkId: networkId, tags: tags }
  }
]

module hsmZone 'private-dns-zone.bicep' = if (!empty(hsmIds) && empty(dnsZoneIds.?managedhsm ?? '')) {
  params: { zone: zones.managedhsm, networkId: networkId, tags: tags }
}

module hostEndpoints 'private-endpoint.bicep' = [
  for (part, i) in storageParts: {
    params: {
      location: location
      name: '${name}-host-${part}'
      tags: tags
      subnetId: endpointSubnetId
      targetId: hostStorageId
      groupId: part
      dnsZoneId: empty(dnsZoneIds[?part] ?? '') ? storageZones[i]!.outputs.id : dnsZoneIds[?part]!
    }
  }
]

module backupEndpoint 'private-endpoint.bicep' = if (!empty(backupStorageId)) {
  params: {
    location: location
    name: '${name}-backup-blob'
    tags: tags
    subnetId: endpointSubnetId
    targetId: backupStorageId
    groupId: 'blob'
    dnsZoneId: empty(dnsZoneIds.?blob ?? '') ? storageZones[0]!.outputs.id : dnsZoneIds.?blob!
  }
}

module hsmEndpoints 'private-endpoint.bicep' = [
  for id in hsmIds: {
    params: {
      location: location
      name: '${name}-hsm-${toLower(last(split(id, '/')))}'
      tags: tags
      subnetId: endpointSubnetId
      targetId: id
      groupId: 'managedhsm'
      dnsZoneId: empty(dnsZoneIds.?managedhsm ?? '') ? hsmZone!.outputs.id : dnsZoneIds.?managedhsm!
    }
  }
]
