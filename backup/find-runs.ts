import type { ActiveRun, Card } from "./card.ts";
import type { Deps } from "./deps.ts";
import { isHsmName } from "./hsm.ts";
import { type ListedRun, listCards, listedRun, readCard, readRecord, recordsOf } from "./ledger.ts";
import { stepFailed } from "./log-events.ts";
import { makeRun } from "./make-run.ts";
import { type RunRecord, toRecord } from "./record.ts";
import type { RunState } from "./run.ts";
import { parseRunId, type RunId } from "./run-id.ts";

/** A run that was asked for: its record, or that there is none, or what is wrong with it. */
export type FoundRun =
  | { readonly outcome: "found"; readonly record: RunRecord }
  | { readonly outcome: "absent" }
  | { readonly outcome: "unreadable"; readonly problem: string };

/** Finds a run by HSM and id. Until its record exists, it is shown from the card as `Starting`. */
export async function findRun(deps: Deps, hsm: string, id: RunId): Promise<FoundRun> {
  if (!isHsmName(hsm) || parseRunId(id) === undefined) return { outcome: "absent" };
  const record = await findRecord(deps, hsm, id);
  if (record.outcome !== "absent") return record;
  const card = await readCard(deps, hsm);
  const active = card.outcome === "card" ? card.card.active : null;
  if (active?.id === id) return { outcome: "found", record: startingRecord(deps, hsm, active) };
  // Between the two looks the record may have been made, and the card given back.
  return findRecord(deps, hsm, id);
}

async function findRecord(deps: Deps, hsm: string, id: RunId): Promise<FoundRun> {
  const record = await readRecord(deps, hsm, id);
  switch (record.outcome) {
    case "run":
      return { outcome: "found", record: toRecord(record.run) };
    case "newer":
      return { outcome: "unreadable", problem: `its record is of a newer version, ${record.version}` };
    case "unreadable":
    case "tooLarge":
      return { outcome: "unreadable", problem: `its record can't be read: ${record.problem}` };
    case "absent":
      return record;
  }
}

const startingRecord = (deps: Deps, hsm: string, active: ActiveRun): RunRecord =>
  toRecord(makeRun(hsm, active, deps.intervals.startGrace));

/** Runs, the newest first. `marker` of the ledger's listing goes on after them; undefined at the end. */
export type RunPage = { readonly runs: readonly ListedRun[]; readonly marker: string | undefined };

/** A page of one HSM's runs. With a state, a page may be short and still have a marker. One call. */
export async function listRunsOf(
  deps: Deps,
  hsm: string,
  wanted: { readonly state: RunState | undefined; readonly marker: string | undefined; readonly limit: number },
): Promise<RunPage> {
  const page = await deps.listBlobs(recordsOf(hsm), wanted.marker, wanted.limit);
  const runs = page.blobs.flatMap((blob) => listedRun(hsm, blob) ?? []);
  return {
    runs: runs.filter(({ state }) => wanted.state === undefined || state === wanted.state),
    marker: page.marker,
  };
}

/** The last runs of every HSM that has a card, from the cards alone; a card that can't be read is named. */
export type Overview = { readonly runs: readonly ListedRun[]; readonly unreadable: readonly string[] };

export async function listLastRuns(
  deps: Deps,
  wanted: { readonly state: RunState | undefined; readonly limit: number },
): Promise<Overview> {
  const names = (await listCards(deps)).filter(isHsmName);
  const cards = await Promise.all(names.map((hsm) => lastRunsOf(deps, hsm)));
  const runs = cards
    .flatMap((found) => found ?? [])
    .filter(({ state }) => wanted.state === undefined || state === wanted.state);
  const newestFirst = runs.toSorted((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""));
  return {
    runs: newestFirst.slice(0, wanted.limit),
    unreadable: names.filter((_, index) => cards[index] === undefined),
  };
}

async function lastRunsOf(deps: Deps, hsm: string): Promise<readonly ListedRun[] | undefined> {
  try {
    const read = await readCard(deps, hsm);
    if (read.outcome === "card") return runsOnCard(read.card);
    return read.outcome === "absent" ? [] : undefined;
  } catch (thrown) {
    deps.log(stepFailed("read a card", { hsm }, thrown));
    return undefined;
  }
}

function runsOnCard({ hsm, active, runs }: Card): readonly ListedRun[] {
  const ended = runs.map(
    ({ id, state, trigger, slot, startedAt, endedAt, blobCount, bytes }): ListedRun => ({
      id,
      hsm,
      state,
      trigger,
      slot,
      startedAt,
      endedAt,
      blobCount,
      bytes,
    }),
  );
  if (active === null) return ended;
  const { id, trigger, slot, at } = active;
  // A card doesn't know whether the job runs yet.
  return [
    { id, hsm, state: "Starting", trigger, slot, startedAt: at, endedAt: null, blobCount: null, bytes: null },
    ...ended,
  ];
}
