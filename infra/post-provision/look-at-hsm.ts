import type { Az, AzAnswer } from "./az.ts";
import { type HsmResource, type Installation, isFields } from "./installation.ts";

/** The state of an HSM, and the commands that are left to run: all of them where it couldn't be read. */
export type HsmLook = {
  readonly hsm: HsmResource;
  readonly state: "ready" | "incomplete" | "unreachable" | "forbidden";
  readonly why: string;
  readonly commands: readonly (readonly string[])[];
};

// Managed HSM Backup: https://learn.microsoft.com/azure/key-vault/managed-hsm/built-in-roles
const BACKUP_ROLE = { name: "Managed HSM Backup", id: "7b127d3c-77bd-4e3e-bbe0-dbb8971fa7f8" };

/**
 * Looks at an HSM and changes nothing. Its own list of role assignments shows whether it can be reached from here
 * and whether this person may see, and so perhaps assign, its roles.
 */
export async function lookAtHsm(az: Az, installation: Installation, hsm: HsmResource): Promise<HsmLook> {
  const grant = grantCommand(hsm, installation.principalId);
  const roles = await az(
    ["keyvault", "role", "assignment", "list", "--hsm-name", hsm.resourceName].concat([
      "--scope",
      "/",
      "--assignee-object-id",
      installation.principalId,
    ]),
  );
  const { hsmIdentityId } = installation;
  const identity = hsmIdentityId === undefined ? undefined : await az(showCommand(hsm));
  const refused = [roles, identity].flatMap((each) => (each === undefined || each.outcome === "done" ? [] : [each]))[0];
  if (refused !== undefined) {
    const attach = hsmIdentityId === undefined ? [] : [attachCommand(hsm, [hsmIdentityId])];
    const state = refused.outcome === "forbidden" ? "forbidden" : "unreachable";
    return { hsm, state, why: refused.why, commands: [...attach, grant] };
  }
  const commands = [
    ...(hsmIdentityId === undefined ? [] : missingIdentity(hsm, identity, hsmIdentityId)),
    ...(hasBackupRole(roles, installation.principalId) ? [] : [grant]),
  ];
  return { hsm, state: commands.length === 0 ? "ready" : "incomplete", why: "", commands };
}

function hasBackupRole(answer: AzAnswer, principalId: string): boolean {
  const list = answer.outcome === "done" && Array.isArray(answer.value) ? answer.value : [];
  return list.some((each: unknown) => {
    const assignment = JSON.stringify(each).toLowerCase();
    return assignment.includes(BACKUP_ROLE.id) && assignment.includes(principalId.toLowerCase());
  });
}

/** An update replaces the identities that the HSM has, so those are given again. */
function missingIdentity(
  hsm: HsmResource,
  answer: AzAnswer | undefined,
  wanted: string,
): readonly (readonly string[])[] {
  const value = answer?.outcome === "done" && isFields(answer.value) ? answer.value : {};
  const assigned = isFields(value.identity) ? value.identity.userAssignedIdentities : undefined;
  const there = isFields(assigned) ? Object.keys(assigned) : [];
  if (there.some((id) => id.toLowerCase() === wanted.toLowerCase())) return [];
  return [attachCommand(hsm, [...there, wanted])];
}

const showCommand = ({ resourceName, group, subscription }: HsmResource) =>
  ["keyvault", "show", "--hsm-name", resourceName].concat(
    ["--resource-group", group],
    ["--subscription", subscription],
  );

const attachCommand = ({ resourceName, group, subscription }: HsmResource, identities: readonly string[]) =>
  ["keyvault", "update-hsm", "--hsm-name", resourceName].concat(
    ["--resource-group", group, "--subscription", subscription],
    ["--mi-user-assigned", ...identities],
  );

const grantCommand = ({ resourceName }: HsmResource, principalId: string) =>
  ["keyvault", "role", "assignment", "create", "--hsm-name", resourceName].concat(
    ["--role", BACKUP_ROLE.name, "--scope", "/"],
    ["--assignee-object-id", principalId, "--assignee-principal-type", "ServicePrincipal"],
  );
