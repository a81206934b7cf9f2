import { describe, expect, it } from "vitest";
import { REFUSED } from "../../../scripts/check-infra-refused.ts";
import { evaluator, Refused } from "./evaluate.ts";
import { type Fields, fieldsAt, isFields, readInfra, stringsIn, TEMPLATE } from "./template.ts";

const CHECKED = ["hsms", "prefix", "mode", "maxAge", "deadMan", "ledgerName", "appSubnet", "endpointSubnet"];
/** Checks that a module's parameter calls, and the template's parameters that they take. */
const CALLS = {
  "__bicep.checkedSchedule(parameters('schedule'))": "schedule",
  "__bicep.checkedApiVersion(parameters('hsmApiVersion'), variables('mode'))": "hsmApiVersion",
  "__bicep.checkedRunbooks(parameters('runbooks'))": "runbooks",
  "__bicep.checkedCustomerKey(parameters('customerKeyUri'), variables('hsmNames'))": "customerKeyUri",
};

const withCalls = (): Fields => {
  const calls = Object.entries(CALLS).map(([call, name]) => [`call of ${name}`, `[${call}]`]);
  return { ...TEMPLATE, variables: { ...fieldsAt(TEMPLATE, "variables"), ...Object.fromEntries(calls) } };
};

/** Why a deployment is refused, or nothing where it isn't. */
function refusalOf(given: Fields): string | undefined {
  const { variable } = evaluator(withCalls(), given);
  try {
    for (const name of CHECKED) variable(name);
    for (const name of Object.values(CALLS)) variable(`call of ${name}`);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown.message;
    throw thrown;
  }
}

const contoso = "/subscriptions/s/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/contoso";

describe("parameters that can't work", () => {
  it.each(REFUSED)("are refused by name: $because", ({ parameter, given }) => {
    expect(refusalOf(given)).toMatch(new RegExp(`^${parameter}: expected |^${parameter}: \\w`));
  });

  it.each([
    ["the least that has to be given", {}],
    ["a prefix as long as it can be", { containerPrefix: "b".repeat(44) }],
    ["a schedule of one's own with hours for the dead man alarms", { schedule: "0 0 2 * * SUN", deadManHours: 175 }],
    ["an age with the default schedule", { maxAgeHours: 26 }],
    ["a ledger as long as it can be", { ledger: "l".repeat(45) }],
    ["an address of the runbooks", { runbooks: "https://contoso.example/runbooks" }],
    ["a key elsewhere", { customerKeyUri: "https://fabrikam.managedhsm.azure.net/keys/storage" }],
    ["an identity with a new version", { authentication: "managedIdentity", hsmApiVersion: "7.6" }],
  ])("are no others: %s", (_what, given) => {
    expect(refusalOf({ hsmIds: [contoso], ...given })).toBeUndefined();
  });

  it("are refused where they are used: every check is called by a variable or a module of the template", () => {
    const used = stringsIn([TEMPLATE.variables, TEMPLATE.resources]).join("\n");
    for (const call of Object.keys(CALLS)) expect(used).toContain(call);
    const checks = (Array.isArray(TEMPLATE.functions) ? TEMPLATE.functions.filter(isFields) : []).flatMap((space) =>
      Object.keys(fieldsAt(space, "members"))
        .filter((name) => name.startsWith("checked"))
        .map((name) => `${name}(`),
    );
    expect(checks.length).toBeGreaterThan(8);
    for (const check of checks) expect(stringsIn(TEMPLATE).join("\n")).toContain(`.${check}`);
  });

  it("by type, where a limit is all that is wanted", () => {
    const limits = fieldsAt(TEMPLATE, "parameters");
    expect(fieldsAt(limits, "softDeleteDays").minValue).toBe(30);
    expect(fieldsAt(limits, "authentication").allowedValues).toEqual(["sas", "managedIdentity"]);
    expect(fieldsAt(limits, "hsmIds").minLength).toBe(1);
    expect(readInfra("snapshots/one-hsm.snapshot.json").predictedResources).toBeInstanceOf(Array);
  });
});
