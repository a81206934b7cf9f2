import * as field from "./fields.ts";
import { type Instant, isAhead, millis, SECOND } from "./instant.ts";
import { isContainerOf, parseServiceUrl } from "./names.ts";
import { END_STATES, type EndedRecord, type Run, runSchema, trigger } from "./run.ts";
import { type Parsed, parseJson, parseVersioned, SCHEMA_VERSION } from "./validation.ts";

/** The number of ended runs in a state. */
export const REMEMBERED_RUNS = 30;
/** The number of durations in a state. */
const REMEMBERED_DURATIONS = 10;

/** What a state keeps of an ended run. `key`: SHA-256 of its `Idempotency-Key`. */
const summaryEntries = {
  id: field.runId,
  slot: field.orNull(field.instant),
  trigger,
  key: field.orNull(field.text),
  state: field.oneOf(END_STATES),
  startedAt: field.instant,
  endedAt: field.instant,
  blobCount: field.orNull(field.count),
  bytes: field.orNull(field.count),
};
export type RunSummary = field.FieldsOf<typeof summaryEntries>;

const stateEntries = {
  schemaVersion: field.count,
  hsm: field.hsmName,
  /** When the HSM was first seen. Shown only: no decision depends on it. */
  firstSeenAt: field.instant,
  /** The active run, in full. An ended run stays here until it is released. */
  active: field.orNull(runSchema),
  newestSuccess: field.orNull(field.shape(summaryEntries)),
  /** The durations of the last successes, in seconds, newest first. */
  successSeconds: field.listOf(field.count),
  /** How long the jobs of the last successes took, in seconds, newest first: without the time until their start. */
  jobSeconds: field.optional(field.listOf(field.count)),
  /** The last ended runs, most recently ended first. */
  runs: field.listOf(field.shape(summaryEntries)),
};
export const stateSchema = field.shape(stateEntries);

/** What goes on at an HSM: the whole truth, in one blob. */
export type HsmState = Omit<field.FieldsOf<typeof stateEntries>, "active"> & { readonly active: Run | null };

/** The state of a new HSM. */
export const newState = (hsm: string, now: Instant): HsmState => ({
  schemaVersion: SCHEMA_VERSION,
  hsm,
  firstSeenAt: now,
  active: null,
  newestSuccess: null,
  successSeconds: [],
  runs: [],
});

/** What a state keeps of an ended run. */
export const summaryOf = (
  { id, slot, trigger, state, startedAt, endedAt, blobCount, bytes }: EndedRecord,
  key: string | null,
): RunSummary => ({ id, slot, trigger, key, state, startedAt, endedAt, blobCount, bytes });

/** The state after an ended run was added to the summary and released. `jobSeconds`: how long its job took. */
export function withEnded(state: HsmState, end: RunSummary, now: Date, jobSeconds?: number): HsmState {
  const runs = [end, ...state.runs.filter(({ id }) => id !== end.id)].slice(0, REMEMBERED_RUNS);
  if (end.state !== "Succeeded") return { ...state, active: null, runs };
  const seconds = Math.max(0, Math.round((millis(end.endedAt) - millis(end.startedAt)) / SECOND));
  return {
    ...state,
    active: null,
    runs,
    newestSuccess: newestSuccessOf({ ...state, runs }, now),
    successSeconds: [seconds, ...state.successSeconds].slice(0, REMEMBERED_DURATIONS),
    ...(jobSeconds !== undefined && {
      jobSeconds: [jobSeconds, ...(state.jobSeconds ?? [])].slice(0, REMEMBERED_DURATIONS),
    }),
  };
}

/** The newest verified success in a state. One in the future was written under a wrong clock and proves nothing. */
export function newestSuccessOf({ newestSuccess, runs }: Pick<HsmState, "newestSuccess" | "runs">, now: Date) {
  const known = newestSuccess === null ? runs : [newestSuccess, ...runs];
  return known
    .filter(({ state, startedAt }) => state === "Succeeded" && !isAhead(startedAt, now))
    .reduce<RunSummary | null>((a, b) => (a === null || millis(b.startedAt) > millis(a.startedAt) ? b : a), null);
}

/** The number of unsuccessful runs since the last success, as far as the state goes back. */
export function failuresInARow({ runs }: HsmState): number {
  const successAt = runs.findIndex(({ state }) => state === "Succeeded");
  return successAt === -1 ? runs.length : successAt;
}

/** The usual duration and size of an HSM's backups: the medians of the last successes. */
export const usualOf = ({ successSeconds, runs }: HsmState) => ({
  usualSeconds: median(successSeconds),
  usualBytes: median(runs.flatMap(({ bytes }) => bytes ?? [])),
});

/** The middle value, the upper one of two; null without values. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** Parses the text of an HSM's state. Undefined text: the bytes were not UTF-8. */
export function parseState(text: string | undefined, hsm: string): Parsed<HsmState> {
  if (text === undefined) return { outcome: "invalid", problem: "its bytes are not UTF-8" };
  const parsed = parseVersioned(stateSchema, parseJson(text), "state");
  if (parsed.outcome !== "valid") return parsed;
  const problem = foreignFieldOf(parsed.value, hsm);
  return problem === undefined ? parsed : { outcome: "invalid", problem };
}

/** Finds a field that belongs to another HSM. Blobs in another HSM's container prove nothing. */
function foreignFieldOf(state: HsmState, hsm: string): string | undefined {
  if (state.hsm !== hsm) return `hsm: expected ${hsm}, got another name`;
  return state.active === null ? undefined : foreignFieldOfRun(state.active, hsm);
}

function foreignFieldOfRun({ hsm: name, hsmUrl, container }: Run, hsm: string): string | undefined {
  if (name !== hsm) return `active.hsm: expected ${hsm}, got another name`;
  if (!isContainerOf(hsm, container)) return `active.container: expected a dated container of ${hsm}, got another name`;
  // A token goes to this address, so it is validated like the setting.
  const parsed = parseServiceUrl("hsm", hsmUrl);
  if ("problem" in parsed) return `active.hsmUrl: ${parsed.problem}`;
  return parsed.name === hsm && parsed.url === hsmUrl ? undefined : `active.hsmUrl: expected the URL of ${hsm}`;
}
