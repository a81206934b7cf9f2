import { isDeepStrictEqual } from "node:util";
import type { MakeCheck } from "../check.ts";
import type { StateChange } from "./ledger-model.ts";
import { isEnded, type RecordSeen, type RunSeen } from "./seen-blobs.ts";
import { clock, LONGEST_FREEZE, MINUTE } from "./spans.ts";

/** What never changes in a run. */
const FIXED = ["id", "hsm", "hsmUrl", "slot", "trigger", "key", "deadlineAt", "container", "startedAt"];
const REMEMBERED_RUNS = 30;
/** A frozen process may write what it decided before. */
const RESERVE_TAKES = LONGEST_FREEZE + MINUTE;
/** What the newer version of a world adds. */
const ADDED = ["writtenByNewer", "schemaVersion"];

/**
 * Each write of a state by the app is one step of the protocol: a run is reserved, goes on by one `seq`, or is released; and
 * nothing else in the state changes. So a message can change nothing that it should not, an HSM has one run at a time, and
 * unknown fields are kept.
 */
export const legalWrites: MakeCheck = () => ({
  name: "each write of a state is one step of one run: seq grows by one, and all else is kept",
  see(_fact, view, change) {
    if (change?.kind !== "state" || change.host === null || change.before === undefined) return [];
    const problem = problemOf(change, (run) => view.ledger.records.get(run), view.largestSkew);
    return problem === undefined ? [] : [`the state of ${change.hsm}, written by host ${change.host}: ${problem}`];
  },
});

function problemOf(
  { before, after, at }: StateChange,
  recordOf: (run: string) => RecordSeen | undefined,
  skew: number,
): string | undefined {
  if (before === undefined) return undefined;
  if (after === undefined) return "the state is gone";
  const was: Fields = JSON.parse(before.text);
  const now: Fields = JSON.parse(after.text);
  const old = before.active;
  const run = after.active;
  if (run !== null) {
    const lost = changedField(was, now, ["active", ...ADDED]);
    if (lost !== undefined) return `${lost} changed beside ${run.id}`;
    return old === null ? reserveProblem(run, at, skew) : stepProblem(old, run, was, now);
  }
  if (old === null) return changedField(was, now, ADDED);
  if (!isEnded(old)) return `${old.id} was ${old.state} and is gone`;
  return releaseProblem(old.id, was, now, recordOf(old.id));
}

type Fields = Readonly<Record<string, unknown>>;

const changedField = (was: Fields, now: Fields, but: readonly string[]): string | undefined =>
  Object.keys(was).find((key) => !but.includes(key) && !isDeepStrictEqual(was[key], now[key]));

function reserveProblem(run: RunSeen, at: number, skew: number): string | undefined {
  if (Math.abs(at - run.startedAt) > skew + RESERVE_TAKES) return `${run.id} was started at ${clock(run.startedAt)}`;
  return run.state === "Starting" && run.seq === 0 && run.attempts.length === 0
    ? undefined
    : `${run.id} is reserved as ${run.state}, seq ${run.seq}`;
}

function stepProblem(old: RunSeen, run: RunSeen, was: Fields, now: Fields): string | undefined {
  if (old.id !== run.id) return `${run.id} replaces ${old.id}, which was ${old.state}`;
  if (isEnded(old)) return `${run.id} goes on after its end`;
  if (run.seq !== old.seq + 1) return `${run.id} goes from seq ${old.seq} to ${run.seq}`;
  if (old.state === "InProgress" && run.state === "Starting") return `${run.id} starts again after job ${old.jobId}`;
  if (old.jobId !== null && run.jobId !== old.jobId) return `${run.id} changes its job`;
  if (run.looks < old.looks || run.attempts.length < old.attempts.length) return `${run.id} forgets looks or attempts`;
  const [wasRun, nowRun] = [was.active, now.active] as [Fields, Fields];
  const fixed = FIXED.find((key) => !isDeepStrictEqual(wasRun[key], nowRun[key]));
  return fixed && `${fixed} of ${run.id} changed`;
}

/** `record`: undefined where it is damaged; a record of a newer version can't be read by this one. */
function releaseProblem(id: string, was: Fields, now: Fields, record: RecordSeen | undefined): string | undefined {
  const lost = changedField(was, now, ["active", "runs", "newestSuccess", "successSeconds", "jobSeconds", ...ADDED]);
  if (lost !== undefined) return `${lost} changed when ${id} was released`;
  const runs = now.runs as readonly Fields[];
  const others = (was.runs as readonly Fields[]).filter((run) => run.id !== id);
  const [first] = runs;
  if (first?.id !== id) return `${id} was released and isn't its newest run`;
  if (first.state !== "Succeeded" && !isDeepStrictEqual(was.newestSuccess, now.newestSuccess))
    return `the newest success changed when ${id} was released as ${String(first.state)}`;
  if (!isDeepStrictEqual(runs.slice(1), others.slice(0, REMEMBERED_RUNS - 1))) return `other runs changed with ${id}`;
  if (record?.schemaVersion === 1 && record.state !== first.state)
    return `${id} is remembered as ${first.state}, and its record says ${record.state}`;
  return undefined;
}
