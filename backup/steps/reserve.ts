import { type DueRun, dueRun } from "../decide/due.ts";
import { type StoredState, writeState } from "../ledger/ledger.ts";
import { openState, tooManyRaces } from "../ledger/rebuild.ts";
import { after, instantOf, isAhead, millis } from "../model/instant.ts";
import type { Hsm } from "../model/names.ts";
import { containerName, makeRunId } from "../model/names.ts";
import { isEnded, type StartingRun } from "../model/run.ts";
import type { HsmState } from "../model/state.ts";
import type { Ports } from "../ports.ts";
import { publish } from "./publish.ts";

/** What requests a run: the schedule, or a person. `key`: SHA-256 of the `Idempotency-Key`. */
export type StartRequest =
  | { readonly trigger: "schedule" }
  | { readonly trigger: "manual"; readonly key: string | null };

/** `busy` and `repeated` name the existing run; nothing was written. */
export type Reserved =
  | { readonly outcome: "reserved"; readonly run: StartingRun; readonly stored: StoredState }
  | { readonly outcome: "busy"; readonly run: string }
  | { readonly outcome: "repeated"; readonly run: string }
  | { readonly outcome: "notDue" };

const MOST_RACES = 10;

/**
 * Reserves a run: the first write of a run, and the only point at which it can be refused. If the answer of the write
 * is lost, the state is read again. @throws CallFailed if it is unknown whether the run was reserved
 */
export async function reserveRun(
  ports: Ports,
  hsm: Hsm,
  request: StartRequest,
  opened?: StoredState,
): Promise<Reserved> {
  const tried: StartingRun[] = [];
  const failures: unknown[] = [];
  let stored = opened;
  for (let race = 0; race < MOST_RACES; race++, stored = undefined) {
    const { state, etag } = stored ?? (await openState(ports, hsm.name));
    const mine = tried.find(({ id }) => hasRun(state, id));
    if (mine !== undefined) return { outcome: "reserved", run: mine, stored: { state, etag } };
    if (failures.length > 1) throw failures[0];
    const repeated = request.trigger === "manual" ? runWithKey(ports, state, request.key) : undefined;
    if (repeated !== undefined) return { outcome: "repeated", run: repeated };
    if (state.active !== null) {
      if (!isEnded(state.active)) return { outcome: "busy", run: state.active.id };
      await publish(ports, { state, etag });
      continue;
    }
    const due = request.trigger === "schedule" ? whichIsDue(ports, state) : undefined;
    if (request.trigger === "schedule" && due === undefined) return { outcome: "notDue" };
    const run = newRun(ports, hsm, request, due);
    const next: HsmState = { ...state, active: run };
    tried.push(run);
    try {
      const written = await writeState(ports, next, etag);
      if (written.outcome === "written")
        return { outcome: "reserved", run, stored: { state: next, etag: written.etag } };
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  throw tooManyRaces(hsm.name);
}

const whichIsDue = ({ settings, intervals, now }: Ports, state: HsmState): DueRun | undefined =>
  dueRun(state, settings.schedule, now(), intervals);

const hasRun = ({ active, runs }: HsmState, id: string): boolean =>
  active?.id === id || runs.some((run) => run.id === id);

/** The run that was started with this key less than a deadline ago. */
function runWithKey({ settings, now }: Ports, { active, runs }: HsmState, key: string | null): string | undefined {
  if (key === null) return undefined;
  const isYoung = (startedAt: string): boolean =>
    !isAhead(startedAt, now()) && millis(now()) - millis(startedAt) < settings.deadline;
  return [...(active === null ? [] : [active]), ...runs].find((run) => run.key === key && isYoung(run.startedAt))?.id;
}

function newRun(ports: Ports, hsm: Hsm, request: StartRequest, due: DueRun | undefined): StartingRun {
  const { settings } = ports;
  const now = ports.now();
  const at = due?.slot ?? instantOf(now);
  return {
    id: makeRunId(at, due?.attempt ?? 0, ports.newId()),
    hsm: hsm.name,
    hsmUrl: hsm.url,
    slot: due?.slot ?? null,
    trigger: request.trigger,
    key: request.trigger === "manual" ? request.key : null,
    state: "Starting",
    seq: 0,
    nextAt: instantOf(now),
    deadlineAt: after(now, settings.deadline),
    doubt: null,
    storageUrl: settings.storageUrl,
    container: containerName(settings.containerPrefix, hsm.name, at),
    attempts: [],
    startedAt: instantOf(now),
    looks: 0,
  };
}
