import type { Wanted } from "./arguments.ts";
import { firstBackup } from "./first-backup.ts";
import { grantRoles, type StepDeps } from "./grant-roles.ts";
import { type Installation, readInstallation } from "./installation.ts";

/** Runs the requested parts. @returns whether nothing is left to do */
export async function runStep(
  deps: StepDeps & { readonly wait: (milliseconds: number) => Promise<void> },
  { does, isDryRun, where }: Wanted,
): Promise<boolean> {
  const installation = await readInstallation(deps.az, where);
  const isGranted = !does.includes("roles") || (await grantRoles(deps, installation, isDryRun));
  if (!does.includes("backup")) return isGranted;
  if (isDryRun) {
    for (const { name } of installation.hsms) deps.say(`${name}: would start a first backup, if it has none`);
    return isGranted;
  }
  if (!isGranted) {
    deps.say("No first backup is started before that is done. Then run this step again.");
    return false;
  }
  return backUpAll(deps, installation);
}

async function backUpAll(
  deps: Parameters<typeof runStep>[0],
  { app, appUrl, group, subscription, hsms }: Installation,
): Promise<boolean> {
  const answer = await deps.az(
    ["functionapp", "keys", "list", "--name", app, "--resource-group", group].concat(
      ["--subscription", subscription],
      ["--query", "functionKeys.default"],
    ),
  );
  const key = answer.outcome === "done" ? answer.value : undefined;
  if (typeof key !== "string" || key === "") {
    deps.say(
      `No first backup: the app's function key can't be read${answer.outcome === "done" ? "" : `: ${answer.why}`}`,
    );
    return false;
  }
  const { say, wait } = deps;
  const ends = await Promise.all(hsms.map(({ name }) => firstBackup({ appUrl, key, say, wait }, name)));
  return ends.every((isGood) => isGood);
}
