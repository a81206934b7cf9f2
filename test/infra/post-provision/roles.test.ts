import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readArguments } from "../../../infra/post-provision/arguments.ts";
import { azOnPath } from "../../../infra/post-provision/az.ts";
import { runStep } from "../../../infra/post-provision/step.ts";
import { type FakeAz, fakeAz } from "./fake-az.ts";

const CONTOSO = "/subscriptions/s1/resourceGroups/hsm/providers/Microsoft.KeyVault/managedHSMs/Contoso";
const OUTPUT = {
  ...{ app: "backup-app", appUrl: "https://backup-app.azurewebsites.net", group: "backup", subscription: "s0" },
  ...{ principalId: "11111111-0000-0000-0000-000000000000", hsmIds: [CONTOSO], hsmIdentityId: "" },
};
const GRANT =
  "keyvault role assignment create --hsm-name Contoso --role Managed HSM Backup --scope / --assignee-object-id 11111111-0000-0000-0000-000000000000 --assignee-principal-type ServicePrincipal";
const GRANT_TYPED = `az ${GRANT.replace("Managed HSM Backup", "'Managed HSM Backup'")}`;
const assigned = (principalId: string) => ({
  properties: { principalId, roleDefinitionId: "/roleDefinitions/7b127d3c-77bd-4e3e-bbe0-dbb8971fa7f8", scope: "/" },
});
const HAS_ROLE = [assigned(OUTPUT.principalId)];

let az: FakeAz;
let lines: string[];
beforeEach(async () => {
  az = await fakeAz();
  lines = [];
  vi.stubEnv("PATH", az.path);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await az.remove();
});

type Asked = { readonly agrees?: boolean; readonly given?: readonly string[]; readonly output?: unknown };

/** Runs the step for roles; with no `agrees`, there is no terminal. */
function run({ agrees, given = ["roles"], output = OUTPUT }: Asked): Promise<boolean> {
  const ask = agrees === undefined ? undefined : async () => agrees;
  const deps = { az: azOnPath, say: (line: string) => void lines.push(line), ask, wait: async () => {} };
  return runStep(deps, readArguments(given, JSON.stringify(output)));
}
const changes = async () => (await az.calls()).filter((call) => /\b(create|update-hsm)\b/.test(call));

describe("the step after provisioning, for roles", () => {
  it("grants what is missing once the operator has agreed", async () => {
    const otherPrincipal = assigned("22222222-0000-0000-0000-000000000000");
    await az.answers([{ on: "assignment list", stdout: [otherPrincipal] }, { on: "assignment create" }]);
    expect(await run({ agrees: true })).toBe(true);
    expect(await changes()).toEqual([`${GRANT} --output json --only-show-errors`]);
  });

  it("changes nothing where the role is there already", async () => {
    await az.answers([{ on: "assignment list", stdout: HAS_ROLE }]);
    expect(await run({ agrees: true })).toBe(true);
    expect(await changes()).toEqual([]);
  });

  it.each([
    ["the operator declines", { agrees: false }],
    ["there is no terminal", {}],
    ["it is a dry run", { agrees: true, given: ["roles", "--dry-run"] }],
  ])("changes nothing and prints the exact command when %s", async (_when, asked) => {
    await az.answers([{ on: "assignment list", stdout: [] }]);
    expect(await run(asked)).toBe(false);
    expect(await changes()).toEqual([]);
    expect(lines).toContain(`  ${GRANT_TYPED}`);
  });

  it.each([
    ["can't be reached", "Failed to resolve 'contoso.managedhsm.azure.net'", "can't be reached"],
    ["doesn't allow it", "(Forbidden) Caller is not permitted", "doesn't let you see its roles"],
  ])("changes nothing and prints the command for an HSM that %s", async (_what, stderr, problem) => {
    await az.answers([{ on: "assignment list", stderr }]);
    expect(await run({ agrees: true })).toBe(false);
    expect(await changes()).toEqual([]);
    expect(lines[0]).toContain(problem);
    expect(lines).toContain(`  ${GRANT_TYPED}`);
  });

  it("prints the commands that failed, for the operator to run", async () => {
    await az.answers([
      { on: "assignment list", stdout: [] },
      { on: "assignment create", stderr: "(Forbidden) no" },
    ]);
    expect(await run({ agrees: true })).toBe(false);
    expect(lines.at(-1)).toBe(`  ${GRANT_TYPED}`);
  });

  it("attaches the identity beside those that the HSM has, since an update replaces them", async () => {
    const there = "/subscriptions/s1/…/userAssignedIdentities/there";
    await az.answers([
      { on: "assignment list", stdout: HAS_ROLE },
      { on: "keyvault show", stdout: { identity: { userAssignedIdentities: { [there]: {} } } } },
      { on: "update-hsm" },
    ]);
    expect(await run({ agrees: true, output: { ...OUTPUT, hsmIdentityId: "/ours" } })).toBe(true);
    expect((await changes())[0]).toContain(`--subscription s1 --mi-user-assigned ${there} /ours`);
  });

  it("reads the newest deployment with our output, whatever its name and whatever letters Resource Manager gave the output's", async () => {
    const deployment = (name: string, timestamp: string, outputs: unknown) => ({
      name,
      properties: { timestamp, outputs },
    });
    const old = { ...OUTPUT, hsmIds: [CONTOSO.replace("Contoso", "old")] };
    await az.answers([
      {
        on: "deployment group list --resource-group backup",
        stdout: [
          deployment("main", "2026-11-01T10:00:00Z", { pOST_PROVISION: { value: old } }),
          deployment("backup-1764460800", "2026-11-02T10:00:00Z", { pOST_PROVISION: { value: OUTPUT } }),
          deployment("identity", "2026-11-03T10:00:00Z", { principalId: { value: "p" } }),
          deployment("failed", "2026-11-04T10:00:00Z", null),
        ],
      },
      { on: "assignment list", stdout: HAS_ROLE },
    ]);
    expect(await run({ given: ["roles", "--resource-group", "backup"] })).toBe(true);
    expect(lines).toEqual(["contoso: has all that it needs"]);
    expect(await run({ given: ["roles", "--resource-group", "backup", "--deployment", "main"] })).toBe(true);
    expect(lines.at(-1)).toBe("old: has all that it needs");
    await expect(run({ given: ["roles", "--resource-group", "backup", "--deployment", "x"] })).rejects.toThrow(
      "no deployment x with an output POST_PROVISION",
    );
  });

  it("refuses an output that isn't ours, by field", async () => {
    await expect(run({ output: { ...OUTPUT, hsmIds: ["contoso"] } })).rejects.toThrow("POST_PROVISION.hsmIds");
    await expect(run({ output: { ...OUTPUT, app: undefined } })).rejects.toThrow("POST_PROVISION.app");
    expect(() => readArguments(["everything"], "{}")).toThrow("expected roles or backup");
    expect(() => readArguments([], undefined)).toThrow("--resource-group");
  });
});
