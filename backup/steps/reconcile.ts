import { standingOf, unknownStanding } from "../decide/overdue.ts";
import { foreignLedgerProblem, listStates, readState, type StoredState } from "../ledger/ledger.ts";
import { openState } from "../ledger/rebuild.ts";
import { messageOf } from "../model/call-failed.ts";
import { checked, heartbeatFailed, resumed, settingRejected, stepFailed } from "../model/events.ts";
import { instantOf, isAhead, millis } from "../model/instant.ts";
import type { Intervals } from "../model/intervals.ts";
import type { Hsm } from "../model/names.ts";
import { isEnded, type Run } from "../model/run.ts";
import type { Standing } from "../model/views/standing.ts";
import type { Ports } from "../ports.ts";
import { reserveRun } from "./reserve.ts";
import { sendMessage, takeStep } from "./step.ts";

/** An HSM in the ledger or the settings. `hsm` undefined: no longer configured, only followed to the end of its run. */
type Known = { readonly name: string; readonly hsm: Hsm | undefined };
/** One whose state was read. */
type Opened = Known & { readonly stored: StoredState; readonly isCovered: boolean };

/**
 * One tick of the timer: reads every state and logs the status of each HSM, then starts what is due and takes the steps
 * of unattended runs. A failure of one HSM is logged and affects no other. The heartbeat comes last.
 */
export async function reconcile(ports: Ports): Promise<void> {
  const isHealthy = await reconcileAll(ports);
  try {
    await ports.sendHeartbeat(isHealthy);
  } catch (thrown) {
    ports.log(heartbeatFailed(thrown));
  }
}

/** @returns whether every HSM is covered, and nothing is wrong with settings and ledger */
async function reconcileAll(ports: Ports): Promise<boolean> {
  const { settings, intervals, log } = ports;
  const began = ports.now();
  for (const problem of settings.problems) log(settingRejected(problem));
  reportRejected(ports);
  const problem = await ledgerProblem(ports);
  if (problem !== undefined) {
    for (const { name } of settings.hsms) report(ports, unknownStanding(name, problem));
    return false;
  }

  const known = await knownHsms(ports);
  const opened: Opened[] = [];
  await inLanes(intervals.sideBySide, known, async (each) => {
    const stored = await open(ports, each);
    if (stored !== undefined) opened.push(stored);
  });
  await inLanes(intervals.sideBySide, opened, async ({ name, hsm, stored }) => {
    const hasTime = millis(ports.now()) - millis(began) < intervals.reconcileBudget;
    try {
      await startOrContinue(ports, hsm, stored, began, hasTime);
    } catch (thrown) {
      log(stepFailed("start or continue a run", { hsm: name, ...runOf(stored) }, thrown));
    }
  });
  const covered = opened.filter(({ isCovered }) => isCovered);
  return settings.problems.length === 0 && covered.length === settings.hsms.length;
}

/** Why the ledger cannot be used; logged here. */
async function ledgerProblem(ports: Ports): Promise<string | undefined> {
  try {
    return await foreignLedgerProblem(ports);
  } catch (thrown) {
    ports.log(stepFailed("check the owner of the ledger", {}, thrown));
    return messageOf(thrown);
  }
}

async function knownHsms(ports: Ports): Promise<readonly Known[]> {
  const configured = ports.settings.hsms.map((hsm): Known => ({ name: hsm.name, hsm }));
  try {
    const others = (await listStates(ports)).filter((name) => !configured.some((each) => each.name === name));
    return [...configured, ...others.map((name): Known => ({ name, hsm: undefined }))];
  } catch (thrown) {
    ports.log(stepFailed("list the states", {}, thrown));
    return configured;
  }
}

/** Reads a state and logs the status of the HSM. Undefined if it cannot be read. */
async function open(ports: Ports, { name, hsm }: Known): Promise<Opened | undefined> {
  try {
    const read = await readState(ports, name);
    const stored = read.outcome === "state" ? read : await openState(ports, name);
    if (hsm === undefined) return { name, hsm, stored, isCovered: false };
    const standing = standingOf(stored.state, ports.settings, ports.now(), ports.intervals);
    report(ports, standing);
    return { name, hsm, stored, isCovered: !standing.isOverdue };
  } catch (thrown) {
    ports.log(stepFailed("read the state of an HSM", { hsm: name }, thrown));
    if (hsm !== undefined) report(ports, unknownStanding(name, messageOf(thrown)));
    return undefined;
  }
}

/** An HSM that the settings reject is not backed up, so it is reported as overdue. */
function reportRejected(ports: Ports): void {
  const { hsms, problems } = ports.settings;
  for (const { hsm, problem } of problems)
    if (hsm !== undefined && !hsms.some(({ name }) => name === hsm)) report(ports, unknownStanding(hsm, problem));
}

const report = (ports: Ports, standing: Standing): void => ports.log(checked(standing, ports.settings.version));

/** Takes the step of an unattended run, or starts a due one. If the tick has no time left, sends a message instead. */
async function startOrContinue(
  ports: Ports,
  hsm: Hsm | undefined,
  stored: StoredState,
  began: Date,
  hasTime: boolean,
): Promise<void> {
  const run = stored.state.active;
  if (run !== null) {
    if (!isUnattended(run, began, ports.intervals)) return;
    if (!isEnded(run)) ports.log(resumed(run));
    return takeStepOrSend(ports, stored, hasTime);
  }
  if (hsm === undefined) return;
  const reserved = await reserveRun(ports, hsm, { trigger: "schedule" }, stored);
  if (reserved.outcome === "reserved") await takeStepOrSend(ports, reserved.stored, hasTime);
}

const takeStepOrSend = (ports: Ports, stored: StoredState, hasTime: boolean): Promise<void> =>
  hasTime ? takeStep(ports, stored) : sendMessage(ports, stored, instantOf(ports.now()));

/** The step is late (a process died, the queue is down, a message was lost) or was planned under a wrong clock. */
const isUnattended = ({ nextAt }: Run, now: Date, { unattendedAfter }: Intervals): boolean =>
  millis(now) > millis(nextAt) + unattendedAfter || isAhead(nextAt, now);

const runOf = ({ state }: StoredState): { readonly run?: string } =>
  state.active === null ? {} : { run: state.active.id };

/** Handles the items in parallel, at most `lanes` at a time. `work` handles its own failures. */
export async function inLanes<T>(lanes: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
}
