import { type Az, commandLine } from "./az.ts";
import type { Installation } from "./installation.ts";
import { type HsmLook, lookAtHsm } from "./look-at-hsm.ts";

/** What this step is given: `ask` is undefined without a terminal. */
export type StepDeps = {
  readonly az: Az;
  readonly say: (line: string) => void;
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
};

/**
 * Gives the app its role on each HSM, and each HSM its identity. Looks first, and asks before it changes anything; where it
 * can't ask, or mustn't, it prints the commands instead. Safe to repeat: what is there is left alone.
 * @returns whether nothing is left to do
 */
export async function grantRoles(deps: StepDeps, installation: Installation, isDryRun: boolean): Promise<boolean> {
  const looks: HsmLook[] = [];
  for (const hsm of installation.hsms) {
    const look = await lookAtHsm(deps.az, installation, hsm);
    looks.push(look);
    deps.say(`${hsm.name}: ${SEEN[look.state]}${look.why && `: ${look.why}`}`);
  }
  const possible = looks.filter(({ state }) => state === "incomplete").flatMap(({ commands }) => commands);
  const impossible = looks.filter(({ state }) => state === "unreachable" || state === "forbidden");
  const forOthers = impossible.flatMap(({ commands }) => commands);

  const isAllowed = possible.length > 0 && !isDryRun && (await isAgreed(deps, possible));
  const left = isAllowed ? [...(await runAll(deps, possible)), ...forOthers] : [...possible, ...forOthers];
  if (left.length === 0) return true;
  deps.say("Left to do, by a Managed HSM Administrator with a connection to the HSM:");
  for (const command of left) deps.say(`  ${commandLine(command)}`);
  return false;
}

const SEEN = {
  ready: "has all that it needs",
  incomplete: "lacks something",
  unreachable: "can't be reached from here; nothing is changed",
  forbidden: "doesn't let you see its roles; nothing is changed",
} as const;

async function isAgreed({ ask, say }: StepDeps, commands: readonly (readonly string[])[]): Promise<boolean> {
  if (ask === undefined) return false;
  for (const command of commands) say(`  ${commandLine(command)}`);
  return ask("Run these commands now?");
}

/** Runs them one after the other. @returns those that failed; each was reported with its reason */
async function runAll({ az, say }: StepDeps, commands: readonly (readonly string[])[]) {
  const failed: (readonly string[])[] = [];
  for (const command of commands) {
    const answer = await az(command);
    say(`${answer.outcome === "done" ? "done" : `failed: ${answer.why}`}: ${commandLine(command)}`);
    if (answer.outcome !== "done") failed.push(command);
  }
  return failed;
}
