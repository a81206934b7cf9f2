import type { Wanted } from "./arguments.ts";
import { commandLine } from "./az.ts";
import { firstBackup } from "./first-backup.ts";
import { grantRoles, type StepDeps } from "./grant-roles.ts";
import { type HsmResource, type Installation, readInstallation } from "./installation.ts";
import { lookAtHsm } from "./look-at-hsm.ts";

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
  const hsms = does.includes("roles") ? installation.hsms : await withoutDoomed(deps, installation);
  const isBackedUp = hsms.length === 0 || (await backUpAll(deps, { ...installation, hsms }));
  return isBackedUp && hsms.length === installation.hsms.length;
}

/**
 * The HSMs without those that are known to lack something, for example because its assignment was declined: a backup of
 * those fails after 15 minutes. An HSM whose roles can't be seen from here stays in.
 */
async function withoutDoomed({ az, say }: StepDeps, installation: Installation): Promise<readonly HsmResource[]> {
  const looks = await Promise.all(installation.hsms.map((hsm) => lookAtHsm(az, installation, hsm)));
  for (const { hsm, state, commands } of looks) {
    if (state !== "incomplete") continue;
    say(`${hsm.name}: no first backup is started, because it would fail. Left to do by a Managed HSM Administrator:`);
    for (const command of commands) say(`  ${commandLine(command)}`);
  }
  return looks.filter(({ state }) => state !== "incomplete").map(({ hsm }) => hsm);
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
