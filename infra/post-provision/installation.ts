import type { Az } from "./az.ts";

/** A Managed HSM that is backed up. */
export type HsmResource = {
  readonly id: string;
  readonly subscription: string;
  readonly group: string;
  /** As the resource is named. */
  readonly resourceName: string;
  /** As the app names it: the first label of its host. */
  readonly name: string;
};

/** What the template made and this step works on: its output POST_PROVISION. */
export type Installation = {
  readonly app: string;
  readonly appUrl: string;
  readonly group: string;
  readonly subscription: string;
  /** Of the app's identity. */
  readonly principalId: string;
  readonly hsms: readonly HsmResource[];
  /** The identity that HSMs write with, or undefined with SAS. */
  readonly hsmIdentityId: string | undefined;
};

const OUTPUT = "POST_PROVISION";
const HSM_ID =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.KeyVault\/managedHSMs\/([^/]+)$/i;

/** Where to read the installation: from azd's environment, or from a deployment; without a name from the newest of ours. */
export type Where = { readonly text: string } | { readonly group: string; readonly deployment?: string };

/** @throws Error that says what was expected and where */
export async function readInstallation(az: Az, where: Where): Promise<Installation> {
  if ("text" in where) return parseInstallation(parsed(where.text));
  const { group, deployment } = where;
  const answer = await az(["deployment", "group", "list", "--resource-group", group]);
  if (answer.outcome !== "done") throw new Error(`The deployments of ${group} can't be read: ${answer.why}`);
  const ours = (Array.isArray(answer.value) ? answer.value : []).flatMap((each: unknown) => outputOf(each) ?? []);
  const [newest] = ours
    .filter(({ name }) => deployment === undefined || name === deployment)
    .toSorted((a, b) => Date.parse(b.deployedAt) - Date.parse(a.deployedAt));
  if (newest === undefined)
    throw new Error(`${group} has no deployment ${deployment ?? "of this template"} with an output ${OUTPUT}.`);
  return parseInstallation(newest.value);
}

type Output = { readonly name: string; readonly deployedAt: string; readonly value: unknown };

function outputOf(deployment: unknown): Output | undefined {
  const { name, properties } = isFields(deployment) ? deployment : {};
  const { outputs, timestamp } = isFields(properties) ? properties : {};
  // Resource Manager changes the case of output names: pOST_PROVISION.
  const found = Object.entries(isFields(outputs) ? outputs : {}).find(([each]) => each.toUpperCase() === OUTPUT)?.[1];
  return isFields(found) ? { name: String(name), deployedAt: String(timestamp), value: found.value } : undefined;
}

/** Reads the output. @throws Error that names the field */
export function parseInstallation(value: unknown): Installation {
  const fields = isFields(value) ? value : {};
  const text = (name: string): string => {
    const found = fields[name];
    if (typeof found === "string" && found !== "") return found;
    throw new Error(`${OUTPUT}.${name}: expected a text, got ${found === undefined ? "nothing" : typeof found}`);
  };
  const ids = fields.hsmIds;
  if (!Array.isArray(ids) || ids.length === 0) throw new Error(`${OUTPUT}.hsmIds: expected one or more resource ids`);
  const appUrl = text("appUrl");
  if (!URL.canParse(appUrl)) throw new Error(`${OUTPUT}.appUrl: expected an address`);
  return {
    app: text("app"),
    appUrl: appUrl.replace(/\/+$/, ""),
    group: text("group"),
    subscription: text("subscription"),
    principalId: text("principalId"),
    hsms: ids.map(parseHsm),
    hsmIdentityId: fields.hsmIdentityId ? text("hsmIdentityId") : undefined,
  };
}

function parseHsm(id: unknown): HsmResource {
  const [whole, subscription, group, resourceName] = HSM_ID.exec(String(id)) ?? [];
  if (whole === undefined || !subscription || !group || !resourceName) {
    throw new Error(`${OUTPUT}.hsmIds: expected the resource id of a Managed HSM, got ${String(id)}`);
  }
  return { id: whole, subscription, group, resourceName, name: resourceName.toLowerCase() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${OUTPUT}: expected JSON, as azd keeps an output that is an object`);
  }
}

export const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
