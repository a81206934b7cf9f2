// One scheduled query rule per .kql file, all from definitions.json, and one action group.

@description('Region of the rules.')
param location string = resourceGroup().location

@description('The Log Analytics workspace that the app\'s Application Insights writes to.')
param workspaceId string

@description('The workspace that the HSMs\' audit logs go to, where that is another one.')
param auditWorkspaceId string = workspaceId

@description('The workspace that the backup account\'s blob logs go to, where that is another one.')
param storageLogWorkspaceId string = workspaceId

@description('The HSMs that must have backups. This list, not the app\'s, is what the alarms expect.')
@minLength(1)
param hsms hsm[]

@description('Addresses that get the alerts, by an action group made here. Without these and actionGroupId the alerts only show in the portal.')
param emails string[] = []

@description('An existing action group to notify instead; emails are ignored then.')
param actionGroupId string = ''

@description('The storage account that receives the backups.')
param backupStorageId string

@description('As BACKUP_CONTAINER_PREFIX.')
param backupContainerPrefix string = 'mhsm-backup'

@description('Hours without an accepted start, or without a write, after which the two dead man alarms fire. A log alert reads 48 hours at most: with 48 or more the two are deployed disabled, because they would always fire; overdue still watches.')
@minValue(2)
param deadManHours int = 31

@description('By alarm: what differs from definitions.json. For example { slow: { limit: 500 }, silent: { severity: 0 } }.')
param overrides override = {}

@description('When the installation was made, ISO 8601: on the first day one alarm tells what five would. Empty: long ago.')
param installedAt string = ''

@description('Address of the runbooks; a rule\'s description ends with its page. Empty: with the page\'s name in this project.')
param runbooks string = ''

@export()
type hsm = {
  @description('The first label of the HSM\'s host.')
  name: string
  resourceId: string
}

@export()
type difference = {
  severity: (0 | 1 | 2 | 3 | 4)?
  enabled: bool?
  frequency: string?
  window: string?
  limit: int?
}

@export()
type override = {
  failed: difference?
  overdue: difference?
  silent: difference?
  'audit-dead-man': difference?
  'storage-dead-man': difference?
  slow: difference?
  shrunk: difference?
  poisoned: difference?
  'resumed-too-often': difference?
  'ledger-foreign': difference?
  'settings-rejected': difference?
}

var definitions = loadJsonContent('definitions.json')

var queries = {
  failed: loadTextContent('failed.kql')
  overdue: loadTextContent('overdue.kql')
  silent: loadTextContent('silent.kql')
  'audit-dead-man': loadTextContent('audit-dead-man.kql')
  'storage-dead-man': loadTextContent('storage-dead-man.kql')
  slow: loadTextContent('slow.kql')
  shrunk: loadTextContent('shrunk.kql')
  poisoned: loadTextContent('poisoned.kql')
  'resumed-too-often': loadTextContent('resumed-too-often.kql')
  'ledger-foreign': loadTextContent('ledger-foreign.kql')
  'settings-rejected': loadTextContent('settings-rejected.kql')
}

var scopes = {
  'audit-dead-man': auditWorkspaceId
  'storage-dead-man': storageLogWorkspaceId
}

var deadMen = ['audit-dead-man', 'storage-dead-man']
var longestRangeHours = 48

// A stateful rule gives at most 300 alerts per evaluation: with more HSMs than that it reports them together.
// https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview#stateful-alerts
var mostAlerts = 300
var isSplit = length(hsms) <= mostAlerts

var pages = empty(runbooks) ? 'docs/runbooks' : runbooks
var hsmNames = join(map(hsms, each => '\'${toLower(each.name)}\''), ', ')
var accountName = last(split(backupStorageId, '/'))

var makesActionGroup = empty(actionGroupId) && !empty(emails)
var actionGroups = makesActionGroup ? [actionGroup.id] : (empty(actionGroupId) ? [] : [actionGroupId])

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (makesActionGroup) {
  name: 'mhsm-backup-alarms'
  location: 'global'
  properties: {
    groupShortName: 'mhsm-backup'
    enabled: true
    emailReceivers: [
      for (email, i) in emails: {
        name: 'email-${i}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alarm in items(queries): {
    name: 'mhsm-backup-${alarm.key}'
    location: location
    kind: 'LogAlert'
    properties: {
      displayName: 'Managed HSM backup: ${alarm.key}'
      description: '${definitions[alarm.key].title}. Runbook: ${pages}/${alarm.key}.md'
      enabled: overrides[?alarm.key].?enabled ?? (!contains(deadMen, alarm.key) || deadManHours < longestRangeHours)
      severity: overrides[?alarm.key].?severity ?? definitions[alarm.key].severity
      evaluationFrequency: overrides[?alarm.key].?frequency ?? definitions[alarm.key].frequency
      windowSize: overrides[?alarm.key].?window ?? definitions[alarm.key].window
      scopes: [scopes[?alarm.key] ?? workspaceId]
      targetResourceTypes: ['Microsoft.OperationalInsights/workspaces']
      autoMitigate: true
      // A table doesn't exist before its first row: the queries allow for that, the validation doesn't.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: replace(
              replace(
                replace(
                  replace(
                    replace(alarm.value, '\'{HSMS}\'', hsmNames),
                    '{LIMIT}',
                    string(overrides[?alarm.key].?limit ?? (contains(deadMen, alarm.key)
                      ? deadManHours
                      : definitions[alarm.key].limit ?? 0))
                  ),
                  '{ACCOUNT}',
                  accountName
                ),
                '{PREFIX}',
                backupContainerPrefix
              ),
              '{INSTALLED}',
              installedAt
            )
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: isSplit ? [{ name: definitions[alarm.key].dimension, operator: 'Include', values: ['*'] }] : []
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: {
        actionGroups: actionGroups
        customProperties: union({ alarm: alarm.key }, empty(runbooks) ? {} : { runbook: '${runbooks}/${alarm.key}.md' })
      }
    }
  }
]

@description('The action group that is notified; empty where there is none.')
output actionGroupId string = makesActionGroup ? actionGroup.id : actionGroupId

@description('Ids of the rules, in the order of their names.')
output ruleIds array = [for i in range(0, length(items(queries))): rules[i].id]
