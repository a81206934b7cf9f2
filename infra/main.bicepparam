// For azd: `azd env set` gives the values. What isn't here has the template's default; add it as `param …`.
using 'main.bicep'

param hsmIds = split(readEnvironmentVariable('HSM_IDS', ''), ',')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param authentication = readEnvironmentVariable('AUTHENTICATION', 'sas')
param actionGroupId = readEnvironmentVariable('ACTION_GROUP_ID', '')
param runbooks = readEnvironmentVariable('RUNBOOKS', '')
param emails = filter(split(readEnvironmentVariable('ALARM_EMAILS', ''), ','), email => !empty(email))
