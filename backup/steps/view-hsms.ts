import { nextRun } from "../decide/due.ts";
import { readRecord } from "../ledger/records.ts";
import { stepFailed } from "../model/events.ts";
import { instantOf } from "../model/instant.ts";
import { isEnded, type Run, type RunError } from "../model/run.ts";
import { failuresInARow, type HsmState, newestSuccessOf, usualOf } from "../model/state.ts";
import type { HsmsAnswer, HsmView } from "../model/views/hsm-view.ts";
import type { Ports } from "../ports.ts";
import { isCovered, type KnownHsm, readOverview } from "./overview.ts";

/**
 * Every known HSM, those that need the operator first: one read of each state, and of the record of each HSM whose last
 * run ended without success.
 */
export async function viewHsms(ports: Ports): Promise<HsmsAnswer> {
  const { app, version, schedule, authentication } = ports.settings;
  const { now, isHealthy, hsms, problems } = await readOverview(ports);
  const views = await Promise.all(hsms.toSorted(byUrgency).map((known) => viewOf(ports, known, now)));
  return {
    app,
    version,
    now: instantOf(now),
    isHealthy,
    schedule: schedule.text,
    authentication,
    hsms: views,
    problems,
  };
}

const byUrgency = (a: KnownHsm, b: KnownHsm): number =>
  rankOf(a) - rankOf(b) || (a.standing.hsm < b.standing.hsm ? -1 : 1);

function rankOf(known: KnownHsm): number {
  if (!known.isConfigured) return 4;
  if (!isCovered(known)) return 0;
  if (known.standing.failuresInARow > 0) return 1;
  return known.standing.running === null ? 3 : 2;
}

async function viewOf(ports: Ports, { standing, isConfigured, state }: KnownHsm, now: Date): Promise<HsmView> {
  const success = state && newestSuccessOf(state, now);
  const next = state && isConfigured ? nextRun(state, ports.settings.schedule, now, ports.intervals) : undefined;
  const usual = state === null ? { usualSeconds: null, usualBytes: null } : usualOf(state);
  return {
    ...standing,
    isConfigured,
    firstSeenAt: state?.firstSeenAt ?? null,
    hsmUrl: ports.settings.hsms.find(({ name }) => name === standing.hsm)?.url ?? null,
    newestBytes: success?.bytes ?? null,
    newestBlobCount: success?.blobCount ?? null,
    active: state?.active ? activeOf(state.active) : null,
    ...usual,
    newestFailure: state && (await newestFailureOf(ports, state)),
    nextStartAt: next?.from ?? null,
  };
}

function activeOf(run: Run): HsmView["active"] {
  const { id, state, trigger, slot, startedAt, deadlineAt, looks } = run;
  const doubt = isEnded(run) ? null : (run.doubt?.code ?? null);
  return { id, state, trigger, slot, startedAt, deadlineAt, looks, doubt };
}

async function newestFailureOf(ports: Ports, state: HsmState): Promise<HsmView["newestFailure"]> {
  const [last] = state.runs;
  if (last === undefined || failuresInARow(state) === 0) return null;
  const { id, state: end, endedAt } = last;
  return { run: id, state: end, endedAt, error: await errorOfRun(ports, state.hsm, id) };
}

/** Null if the record cannot be read. */
async function errorOfRun(ports: Ports, hsm: string, run: string): Promise<RunError | null> {
  try {
    const read = await readRecord(ports, hsm, run);
    return read.outcome === "record" ? read.record.error : null;
  } catch (thrown) {
    ports.log(stepFailed("read the record of a run", { hsm, run }, thrown));
    return null;
  }
}
