import { standingOf, unknownStanding } from "../decide/overdue.ts";
import { listStates, readState } from "../ledger/ledger.ts";
import { messageOf } from "../model/call-failed.ts";
import type { SettingProblem } from "../model/settings.ts";
import type { Standing } from "../model/views/standing.ts";
import type { Ports } from "../ports.ts";

/** The status of every known HSM, and the problems of the settings. */
export type Health = {
  readonly isHealthy: boolean;
  readonly hsms: readonly HsmHealth[];
  readonly problems: readonly SettingProblem[];
};
export type HsmHealth = Standing & { readonly isConfigured: boolean };

const NO_STATE = "no state yet: the timer writes one within five minutes; if this persists, the timer does not run";
const NOT_CONFIGURED = "not configured: no backup is made";

/**
 * Reads the states only. Healthy means that no setting was rejected, every state was read, and no configured HSM is
 * overdue. An HSM that is no longer configured is listed, so that one dropped by mistake does not vanish.
 */
export async function checkHealth(ports: Ports): Promise<Health> {
  const { hsms, problems } = ports.settings;
  const configured = hsms.map(({ name }) => name);
  const rejected = problems.flatMap(({ hsm }) => hsm ?? []);
  const others = new Set([...rejected, ...(await listStates(ports))].filter((name) => !configured.includes(name)));
  const entries = await Promise.all([
    ...configured.map((name) => standing(ports, name)),
    ...[...others].map((name) => unconfigured(ports, name)),
  ]);
  const isHealthy =
    problems.length === 0 &&
    entries.every(({ isConfigured, isOverdue, problem }) => !isConfigured || (!isOverdue && problem === null));
  return { isHealthy, hsms: entries, problems };
}

async function standing(ports: Ports, hsm: string): Promise<HsmHealth> {
  return { ...(await readStanding(ports, hsm)), isConfigured: true };
}

async function unconfigured(ports: Ports, hsm: string): Promise<HsmHealth> {
  const rejected = ports.settings.problems.find((each) => each.hsm === hsm);
  const read = await readStanding(ports, hsm);
  return { ...read, problem: rejected?.problem ?? NOT_CONFIGURED, isConfigured: false };
}

async function readStanding(ports: Ports, hsm: string): Promise<Standing> {
  try {
    const read = await readState(ports, hsm);
    if (read.outcome === "state") return standingOf(read.state, ports.settings, ports.now(), ports.intervals);
    // Only the timer writes the first state. If it does not run, or a state was lost, nothing may look healthy.
    return unknownStanding(hsm, read.outcome === "gone" ? NO_STATE : `its state can't be read: ${read.problem}`);
  } catch (thrown) {
    return unknownStanding(hsm, messageOf(thrown));
  }
}
