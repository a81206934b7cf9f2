// What can't work is refused here, by name and with what was expected, before anything is created: a parameter's check is
// evaluated with the template, not with its resources. The app judges the rest when it starts.

// Functions instead of variables: Resource Manager's own functions may see no variable.
func letters() string => 'abcdefghijklmnopqrstuvwxyz'
func containerLetters() string => '${letters()}0123456789-'
func scheduleLetters() string => '${letters()}${toUpper(letters())}0123456789*,-/? '
func longestContainer() int => 63
@description('"-2026-01-01", at the end of every container\'s name.')
func dateLength() int => 11

func isMadeOf(text string, allowed string) bool =>
  empty(filter(map(range(0, length(text)), i => substring(text, i, 1)), each => !contains(allowed, each)))

// Padded, so that a text with fewer segments is refused as well, and not by an index that is out of range.
func segment(id string, index int) string => toLower(split('${id}/////////', '/')[index])

@export()
@description('The resource id of a Managed HSM as it was given.')
func checkedHsmId(id string) string =>
  segment(id, 1) == 'subscriptions' && segment(id, 3) == 'resourcegroups' && segment(id, 6) == 'microsoft.keyvault' && segment(
      id,
      7
    ) == 'managedhsms' && !empty(segment(id, 8)) && length(split(id, '/')) == 9
    ? id
    : fail('hsmIds: expected /subscriptions/{id}/resourceGroups/{name}/providers/Microsoft.KeyVault/managedHSMs/{name}, got ${id}')

@export()
@description('The app\'s name of an HSM: the first label of its host.')
func hsmNameOf(id string) string => segment(id, 8)

@export()
@description('The ids as they were given; no two with the same name, because containers and the ledger distinguish them by it.')
func checkedHsmIds(ids string[]) string[] => length(union(map(ids, id => hsmNameOf(checkedHsmId(id))), [])) == length(ids) ? ids : fail('hsmIds: expected no two HSMs with the same name, got ${join(map(ids, id => hsmNameOf(id)), ', ')}')

@export()
@description('The prefix as it was given. Valid: {prefix}-{hsm}-{yyyy-MM-dd} is a container\'s name for every HSM.')
func checkedPrefix(prefix string, hsmNames string[]) string =>
  isMadeOf(prefix, containerLetters()) && !contains(prefix, '--') && !startsWith(prefix, '-') && !endsWith(prefix, '-')
    ? (empty(filter(hsmNames, name => length('${prefix}-${name}') + dateLength() > longestContainer()))
        ? prefix
        : fail('containerPrefix: with a hyphen, an HSM\'s name and a date it must not be longer than ${longestContainer()}, got ${prefix} with ${join(hsmNames, ', ')}'))
    : fail('containerPrefix: expected lower-case letters, digits and single hyphens between them, got ${prefix}')

@export()
@description('The schedule as it was given. Its six fields are counted here; the app judges their content.')
func checkedSchedule(schedule string) string =>
  length(filter(split(schedule, ' '), field => !empty(field))) == 6 && isMadeOf(schedule, scheduleLetters())
    ? schedule
    : fail('schedule: expected NCRONTAB with six fields (second minute hour day month weekday), got ${schedule}')

@export()
@description('The age as an ISO 8601 duration, or empty for off. An age below the schedule\'s gap would be exceeded every day.')
func checkedMaxAge(hours int?, hasUsualSchedule bool) string =>
  hours == null
    ? ''
    : (hasUsualSchedule && hours! < 24
        ? fail('maxAgeHours: expected at least the schedule\'s longest gap, 24 hours, got ${hours!}')
        : 'PT${hours!}H')

@export()
@description('Hours. They follow from the default schedule and deadline; this template can\'t compute them for others.')
func checkedDeadManHours(hours int?, usualHours int, hasUsualSchedule bool) int =>
  hours == null
    ? (hasUsualSchedule
        ? usualHours
        : fail('deadManHours: expected the longest gap of the schedule, the deadline and one hour together, wherever schedule or deadline are your own'))
    : (hasUsualSchedule && hours! < 24
        ? fail('deadManHours: expected at least the schedule\'s longest gap, 24 hours, got ${hours!}')
        : hours!)

@export()
@description('The ledger\'s name as it was given. With "-follow-ups-poison" it must still be a valid name of a queue.')
func checkedLedger(name string) string =>
  isMadeOf(name, containerLetters()) && !contains(name, '--') && !startsWith(name, '-') && !endsWith(name, '-') && length(name) >= 3 && length('${name}-follow-ups-poison') <= longestContainer() && name != 'app-package' && !startsWith(
      name,
      'azure-webjobs-'
    )
    ? name
    : fail('ledger: expected 3 to 45 lower-case letters, digits and single hyphens between them, not app-package nor azure-webjobs-…, got ${name}')

@export()
@description('The mode as it was given. With a SAS the HSM comes from the public network, and storage takes it only there.')
func checkedAuthentication(authentication string, backupNetwork string) string =>
  authentication == 'sas' && backupNetwork != 'public'
    ? fail('authentication: sas can\'t reach a backup account that is closed to the public network (Managed HSM is no trusted service with a SAS): expected managedIdentity, or backupNetwork public')
    : authentication

@export()
@description('The version as it was given, or the mode\'s own. A preview counts as its version.')
func checkedApiVersion(version string, authentication string) string =>
  authentication == 'managedIdentity'
    ? (contains(['7.2', '7.3', '7.4'], split(version, '-')[0])
        ? fail('hsmApiVersion: expected 7.5 or later for managedIdentity, got ${version}')
        : (empty(version) ? '7.5' : version))
    : (empty(version) ? '7.4' : version)

@export()
@description('The key\'s address as it was given. A backup under a key of the HSM that it saves can\'t be read when it is needed.')
func checkedCustomerKey(keyUri string, hsmNames string[]) string =>
  empty(keyUri)
    ? ''
    : (!startsWith(keyUri, 'https://') || segment(keyUri, 3) != 'keys' || empty(segment(keyUri, 4))
        ? fail('customerKeyUri: expected https://{vault}/keys/{name} with no version, got ${keyUri}')
        : (contains(segment(keyUri, 2), '.managedhsm.') && contains(hsmNames, split(segment(keyUri, 2), '.')[0])
            ? fail('customerKeyUri: expected a key outside the HSMs that are backed up: when ${split(segment(keyUri, 2), '.')[0]} is lost, its backups couldn\'t be read')
            : keyUri))

@export()
@description('A subnet\'s id as it was given; empty only where the network is public.')
func checkedSubnet(id string, parameter string, network string) string =>
  network == 'public' || (segment(id, 7) == 'virtualnetworks' && segment(id, 9) == 'subnets')
    ? id
    : fail('${parameter}: expected the resource id of an existing subnet where network is private, got ${empty(id) ? 'nothing' : id}')

@export()
@description('The address as it was given, or empty: a link in a mail must lead somewhere.')
func checkedRunbooks(address string) string =>
  empty(address) || (startsWith(address, 'https://') && !endsWith(address, '/'))
    ? address
    : fail('runbooks: expected an https address with no slash at its end, got ${address}')

@export()
@description('The network as it was given: an app outside the network can\'t reach an account that is closed to it.')
func checkedBackupNetwork(backupNetwork string, network string) string =>
  backupNetwork == 'private' && network == 'public'
    ? fail('backupNetwork: private needs network private as well: the app couldn\'t reach the account')
    : backupNetwork
