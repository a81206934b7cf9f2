import { advance } from "./advance.ts";
import type { ActiveRun, Card } from "./card.ts";
import { containerName } from "./container-name.ts";
import { createRecord } from "./create-record.ts";
import type { Deps } from "./deps.ts";
import { type DueRun, dueRun } from "./due-run.ts";
import { after, instantOf } from "./instant.ts";
import type { Stored } from "./ledger.ts";
import { stepFailed } from "./log-events.ts";
import type { Run } from "./run.ts";
import { makeRunId } from "./run-id.ts";
import { type Taken, takeCard } from "./take-card.ts";
import { inStep } from "./trace-step.ts";

/** Who asks for a run. `key`: SHA-256 of the `Idempotency-Key`. `traceparent`: W3C trace context of the trigger. */
export type StartRequest = { readonly traceparent: string | null } & (
  | { readonly trigger: "schedule" }
  | { readonly trigger: "manual"; readonly key: string | null }
);

/** Starts a run of an HSM: takes its card, or says why not; then takes the run on as far as it comes. */
export async function startRun(deps: Deps, hsm: string, request: StartRequest): Promise<Taken> {
  const taken = await admitRun(deps, hsm, request);
  if (taken.outcome !== "taken") return taken;
  const { active } = taken;
  await inStep(deps, { name: "start", hsm, run: active.id, seq: null, known: active }, async () => {
    const stored = await prepareRun(deps, hsm, active);
    if (stored !== undefined) await advanceSafely(deps, stored);
  });
  return taken;
}

/** The first half: the card. Once it is taken the run is certain, whatever fails from here on. */
export function admitRun(deps: Deps, hsm: string, request: StartRequest): Promise<Taken> {
  const runFor = (card: Card): ActiveRun | undefined => {
    const now = deps.now();
    if (request.trigger === "manual") return activeRun(deps, hsm, request, now);
    const due = dueRun(card, deps.settings.schedule, now, deps.intervals);
    return due && activeRun(deps, hsm, request, now, due);
  };
  return takeCard(deps, hsm, { key: request.trigger === "manual" ? request.key : null, runFor });
}

function activeRun(deps: Deps, hsm: string, request: StartRequest, now: Date, due?: DueRun): ActiveRun {
  const { settings } = deps;
  const at = due?.slot ?? instantOf(now);
  return {
    id: makeRunId(at, due?.attempt ?? 0, deps.newId()),
    slot: due?.slot ?? null,
    trigger: request.trigger,
    key: request.trigger === "manual" ? request.key : null,
    at: instantOf(now),
    deadlineAt: after(now, settings.deadline),
    storageUrl: settings.storageUrl,
    container: containerName(settings.containerPrefix, hsm, at),
    traceparent: request.traceparent,
  };
}

/** The second half: message 0 and the record, so that the queue can go on with the run. What fails here, reconcile makes good. */
export async function prepareRun(deps: Deps, hsm: string, active: ActiveRun): Promise<Stored<Run> | undefined> {
  const ids = { hsm, run: active.id };
  try {
    await deps.wakeLater({ ...ids, seq: 0 }, deps.intervals.startGrace);
  } catch (thrown) {
    // A queue that is down needn't keep the backup from being made: reconcile wakes the run when it is back.
    deps.log(stepFailed("send the first wake-up of a run", ids, thrown));
  }
  try {
    return await createRecord(deps, hsm, active);
  } catch (thrown) {
    deps.log(stepFailed("make the record of a run", ids, thrown));
    return undefined;
  }
}

/** One step on. What fails is logged: message 0 or reconcile takes the run up from where its record stands. */
export async function advanceSafely(deps: Deps, stored: Stored<Run>): Promise<void> {
  try {
    await advance(deps, stored);
  } catch (thrown) {
    deps.log(stepFailed("take a run on", { hsm: stored.value.hsm, run: stored.value.id }, thrown));
  }
}
