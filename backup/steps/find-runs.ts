import { listStates, readState } from "../ledger/ledger.ts";
import { listRecords, type RunPage, readRecord } from "../ledger/records.ts";
import { stepFailed } from "../model/events.ts";
import { isHsmName, parseRunId, type RunId } from "../model/names.ts";
import type { RunState } from "../model/run.ts";
import { type RunRecord, toRecord } from "../model/run.ts";
import type { HsmState, RunSummary } from "../model/state.ts";
import type { ListedRun } from "../model/views/listed-run.ts";
import type { Ports } from "../ports.ts";

/** The result of a search for a run. */
export type FoundRun =
  | { readonly outcome: "found"; readonly record: RunRecord }
  | { readonly outcome: "absent" }
  | { readonly outcome: "unreadable"; readonly problem: string };

/** Finds a run by HSM and id: the active run in the state, any other in the history. */
export async function findRun(ports: Ports, hsm: string, id: RunId): Promise<FoundRun> {
  if (!isHsmName(hsm) || parseRunId(id) === undefined) return { outcome: "absent" };
  // The state first: a run is released only after its record is written.
  const read = await readState(ports, hsm);
  const active = read.outcome === "state" ? read.state.active : null;
  if (active?.id === id) return { outcome: "found", record: toRecord(active) };
  const found = await readRecord(ports, hsm, id);
  return found.outcome === "record" ? { outcome: "found", record: found.record } : found;
}

/** The filter and size of a list. */
export type Wanted = {
  readonly state: RunState | undefined;
  readonly limit: number;
};

/**
 * A page of an HSM's runs, the active run first, then newest first. With a `state` filter, a page may be short and
 * still have a marker. Undefined: an unknown HSM, without setting, state or record.
 */
export async function listRunsOf(
  ports: Ports,
  hsm: string,
  { state, limit, marker }: Wanted & { readonly marker: string | undefined },
): Promise<RunPage | undefined> {
  if (!isHsmName(hsm)) return undefined;
  const read = marker === undefined ? await readState(ports, hsm) : undefined;
  const active = read?.outcome === "state" ? activeOf(read.state) : [];
  const page = await listRecords(ports, hsm, marker, Math.max(1, limit - active.length));
  const isConfigured = ports.settings.hsms.some(({ name }) => name === hsm);
  if (read?.outcome === "gone" && !isConfigured && page.runs.length === 0) return undefined;
  return { runs: withActive(active, page.runs).filter(hasState(state)), marker: page.marker };
}

/** The active run before those in the history, where it stands too from its end to its release. */
export const withActive = (active: readonly ListedRun[], records: readonly ListedRun[]): readonly ListedRun[] => [
  ...active,
  ...records.filter(({ id }) => active.every((run) => run.id !== id)),
];

/**
 * The last runs of every HSM that has a state, read from the states only. `unreadable`: HSMs whose state cannot be
 * read.
 */
export type LastRuns = { readonly runs: readonly ListedRun[]; readonly unreadable: readonly string[] };

export async function listLastRuns(ports: Ports, { state, limit }: Wanted): Promise<LastRuns> {
  const names = await listStates(ports);
  const found = await Promise.all(names.map((hsm) => lastRunsOf(ports, hsm)));
  const runs = found.flatMap((each) => each ?? []).filter(hasState(state));
  const newestFirst = runs.toSorted((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""));
  return {
    runs: newestFirst.slice(0, limit),
    unreadable: names.filter((_, index) => found[index] === undefined),
  };
}

async function lastRunsOf(ports: Ports, hsm: string): Promise<readonly ListedRun[] | undefined> {
  try {
    const read = await readState(ports, hsm);
    if (read.outcome === "gone") return [];
    return read.outcome === "state" ? [...activeOf(read.state), ...read.state.runs.map(listedOf(hsm))] : undefined;
  } catch (thrown) {
    ports.log(stepFailed("read the state of an HSM", { hsm }, thrown));
    return undefined;
  }
}

const hasState =
  (wanted: RunState | undefined) =>
  ({ state }: ListedRun): boolean =>
    wanted === undefined || state === wanted;

/** The active run as a list shows it, if there is one. */
export function activeOf({ hsm, active }: HsmState): readonly ListedRun[] {
  if (active === null) return [];
  const { id, state, trigger, slot, startedAt, endedAt, blobCount, bytes } = toRecord(active);
  return [{ id, hsm, state, trigger, slot, startedAt, endedAt, blobCount, bytes }];
}

const listedOf =
  (hsm: string) =>
  ({ id, state, trigger, slot, startedAt, endedAt, blobCount, bytes }: RunSummary): ListedRun => ({
    id,
    hsm,
    state,
    trigger,
    slot,
    startedAt,
    endedAt,
    blobCount,
    bytes,
  });
