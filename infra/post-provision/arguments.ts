import { parseArgs } from "node:util";
import type { Where } from "./installation.ts";

export const USAGE = `usage: node infra/post-provision/main.ts [roles|backup] [--dry-run] [--resource-group <group> [--deployment <name>]]

roles    gives the app its role on each HSM, and each HSM its identity; asks before
backup   starts a first backup of each HSM that has none, and waits for it
With neither: both. --dry-run changes nothing and prints the commands.
Without --resource-group it reads POST_PROVISION, which azd gives its hooks. Without --deployment it takes the group's
newest deployment of this template, whatever its name.`;

/** What is asked for. */
export type Wanted = {
  readonly does: readonly ("roles" | "backup")[];
  readonly isDryRun: boolean;
  readonly where: Where;
};

/** Reads the command line. @throws Error that says what was wrong */
export function readArguments(given: readonly string[], output: string | undefined): Wanted {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      "dry-run": { type: "boolean", default: false },
      "resource-group": { type: "string" },
      deployment: { type: "string" },
    },
  });
  const [what, ...more] = positionals;
  if (more.length > 0 || (what !== undefined && what !== "roles" && what !== "backup")) {
    throw new Error(`expected roles or backup, got ${positionals.join(" ")}`);
  }
  const does = what === undefined ? (["roles", "backup"] as const) : ([what] as const);
  const { "resource-group": group, deployment } = values;
  if (group !== undefined)
    return { does, isDryRun: values["dry-run"], where: { group, ...(deployment !== undefined && { deployment }) } };
  if (!output) throw new Error("expected --resource-group, or POST_PROVISION in the environment");
  return { does, isDryRun: values["dry-run"], where: { text: output } };
}
