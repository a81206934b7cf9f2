/** Parameters that can't work, and the name by which the template refuses each. */

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
    given: contoso({ schedule: "0 2 * * *", maxAgeHours: 31 }),
  },
  {
    parameter: "maxAgeHours",
    because: "a schedule of one's own with no age",
    given: contoso({ schedule: "0 0 2 * * SUN" }),
  },
  {
    parameter: "maxAgeHours",
    because: "an age shorter than the usual schedule's gap",
    given: contoso({ maxAgeHours: 12 }),
  },
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
    parameter: "customerKeyUri",
    because: "a key of the HSM that is backed up",
    given: contoso({ customerKeyUri: "https://Contoso.managedhsm.azure.net/keys/storage" }),
  },
];
