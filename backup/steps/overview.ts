import { standingOf, unknownStanding } from "../decide/overdue.ts";
import { listStates, readState } from "../ledger/ledger.ts";
import { messageOf } from "../model/call-failed.ts";
import type { SettingProblem } from "../model/settings.ts";
import type { HsmState } from "../model/state.ts";
import type { HealthAnswer, Standing } from "../model/views/standing.ts";
import type { Ports } from "../ports.ts";

/** A known HSM: its status, and its state where it has one that can be read. */
export type KnownHsm = {
  readonly standing: Standing;
  readonly isConfigured: boolean;
  readonly state: HsmState | null;
};

/** Every known HSM at `now`, and the problems of the settings. */
export type Overview = {
  readonly now: Date;
  readonly isHealthy: boolean;
  readonly hsms: readonly KnownHsm[];
  readonly problems: readonly SettingProblem[];
};

/** The status of every known HSM, as health shows it. */
export type Health = Pick<Overview, "isHealthy" | "problems"> & { readonly hsms: HealthAnswer["hsms"] };

const NO_STATE = "no state yet: the timer writes one within five minutes; if this persists, the timer does not run";
const NOT_CONFIGURED = "not configured: no backup is made";

export async function checkHealth(ports: Ports): Promise<Health> {
  const { isHealthy, hsms, problems } = await readOverview(ports);
  return { isHealthy, hsms: hsms.map(({ standing, isConfigured }) => ({ ...standing, isConfigured })), problems };
}

/**
 * Reads the states only. Healthy means that no setting was rejected, every state was read, and no configured HSM is
 * overdue. An HSM that is no longer configured is listed, so that one dropped by mistake does not vanish.
 */
export async function readOverview(ports: Ports): Promise<Overview> {
  const { hsms, problems } = ports.settings;
  const configured = hsms.map(({ name }) => name);
  const rejected = problems.flatMap(({ hsm }) => hsm ?? []);
  const others = new Set([...rejected, ...(await listStates(ports))].filter((name) => !configured.includes(name)));
  const names = [...configured, ...others];
  const states = await Promise.all(names.map((name) => stateOrProblem(ports, name)));
  // One `now`, after every read: no state is newer.
  const now = ports.now();
  const known = names.map((name, index): KnownHsm => {
    const found = states[index] ?? NO_STATE;
    const isUnknown = typeof found === "string";
    const standing = isUnknown ? unknownStanding(name, found) : standingOf(found, ports.settings, now, ports.intervals);
    const state = isUnknown ? null : found;
    if (configured.includes(name)) return { standing, isConfigured: true, state };
    const problem = problems.find(({ hsm }) => hsm === name)?.problem ?? NOT_CONFIGURED;
    return { standing: { ...standing, problem }, isConfigured: false, state };
  });
  const isHealthy = problems.length === 0 && known.every((each) => !each.isConfigured || isCovered(each));
  return { now, isHealthy, hsms: known, problems };
}

/** Whether the HSM has a verified backup that is not too old, and nothing is wrong with what is known about it. */
export const isCovered = ({ standing }: KnownHsm): boolean => !standing.isOverdue && standing.problem === null;

/** The state of an HSM, or why there is none. */
async function stateOrProblem(ports: Ports, hsm: string): Promise<HsmState | string> {
  try {
    const read = await readState(ports, hsm);
    if (read.outcome === "state") return read.state;
    // Only the timer writes the first state. If it does not run, or a state was lost, nothing may look healthy.
    return read.outcome === "gone" ? NO_STATE : `its state can't be read: ${read.problem}`;
  } catch (thrown) {
    return messageOf(thrown);
  }
}
