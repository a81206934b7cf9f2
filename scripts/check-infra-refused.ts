/** Parameters that can't work, each with the name that the template's refusal begins with. */

const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001";
const CONTOSO = `${SUBSCRIPTION}/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso`;
const SUBNET = `${SUBSCRIPTION}/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/spoke/subnets/one`;
const PRIVATE = { network: "private", appSubnetId: SUBNET, endpointSubnetId: SUBNET };

type Refused = {
  readonly parameter: string;
  readonly because: string;
  readonly given: Readonly<Record<string, unknown>>;
};

const contoso = (given: Readonly<Record<string, unknown>>) => ({ hsmIds: [CONTOSO], ...given });

export const REFUSED: readonly Refused[] = [
  {
    parameter: "hsmIds",
    because: "an id of another kind",
    given: { hsmIds: [CONTOSO.replace("managedHSMs", "vaults")] },
  },
  { parameter: "hsmIds", because: "a name where an id belongs", given: { hsmIds: ["contoso"] } },
  {
    parameter: "hsmIds",
    because: "two HSMs with one name",
    given: { hsmIds: [CONTOSO, CONTOSO.replace("/hsm/", "/other/")] },
  },
  {
    parameter: "containerPrefix",
    because: "a prefix that no container may have",
    given: contoso({ containerPrefix: "HSM_Backup" }),
  },
  {
    parameter: "containerPrefix",
    because: "a prefix with two hyphens together",
    given: contoso({ containerPrefix: "hsm--backup" }),
  },
  {
    parameter: "containerPrefix",
    because: "a prefix that is too long with the HSM's name",
    given: contoso({ containerPrefix: "b".repeat(45) }),
  },
  {
    parameter: "schedule",
    because: "a schedule with five fields",
    given: contoso({ schedule: "0 2 * * *", deadManHours: 31 }),
  },
  {
    parameter: "maxAgeHours",
    because: "an age shorter than the default schedule's gap",
    given: contoso({ maxAgeHours: 12 }),
  },
  {
    parameter: "deadManHours",
    because: "a schedule of one's own without hours for the dead man alarms",
    given: contoso({ schedule: "0 0 2 * * SUN" }),
  },
  {
    parameter: "deadManHours",
    because: "hours shorter than the default schedule's gap",
    given: contoso({ deadManHours: 12 }),
  },
  {
    parameter: "ledger",
    because: "a ledger that no container may be named",
    given: contoso({ ledger: "Backup_Runs" }),
  },
  {
    parameter: "ledger",
    because: "a ledger whose poison queue's name is too long",
    given: contoso({ ledger: "l".repeat(46) }),
  },
  { parameter: "ledger", because: "the package's own container", given: contoso({ ledger: "app-package" }) },
  {
    parameter: "authentication",
    because: "a SAS with a closed network",
    given: contoso({ ...PRIVATE, backupNetwork: "private" }),
  },
  {
    parameter: "backupNetwork",
    because: "an account closed to an app in public",
    given: contoso({ backupNetwork: "private", authentication: "managedIdentity" }),
  },
  { parameter: "appSubnetId", because: "a private network with no subnet", given: contoso({ network: "private" }) },
  {
    parameter: "hsmApiVersion",
    because: "an identity with an old version",
    given: contoso({ authentication: "managedIdentity", hsmApiVersion: "7.4" }),
  },
  {
    parameter: "hsmApiVersion",
    because: "an identity with a preview of an old version",
    given: contoso({ authentication: "managedIdentity", hsmApiVersion: "7.4-preview.1" }),
  },
  { parameter: "runbooks", because: "a link that leads nowhere", given: contoso({ runbooks: "docs/runbooks" }) },
  {
    parameter: "customerKeyUri",
    because: "a key of the HSM that is backed up",
    given: contoso({ customerKeyUri: "https://Contoso.managedhsm.azure.net/keys/storage" }),
  },
];
