import * as field from "../fields.ts";
import { END_STATES, RUN_STATES, runErrorSchema, trigger } from "../run.ts";
import { problemSchema, standingEntries } from "./standing.ts";

/** The run that is active now. */
const activeEntries = {
  id: field.runId,
  state: field.oneOf(RUN_STATES),
  trigger,
  slot: field.orNull(field.instant),
  startedAt: field.instant,
  deadlineAt: field.instant,
  looks: field.count,
  /** Why the last step did not get further, e.g. `busy` or `denied`; null while all is well. */
  doubt: field.orNull(field.text),
};

/** The newest run that ended without success. `error` null: its record cannot be read. */
const failureEntries = {
  run: field.runId,
  state: field.oneOf(END_STATES),
  endedAt: field.instant,
  error: field.orNull(runErrorSchema),
};

/** An HSM as the operator sees it. A verified backup that is not too old covers it. */
const hsmViewEntries = {
  ...standingEntries,
  isConfigured: field.flag,
  /** When the app first saw the HSM; null if nothing is known about it. */
  firstSeenAt: field.orNull(field.instant),
  /** The base URL, for the restore commands; null if the HSM is not configured. */
  hsmUrl: field.orNull(field.text),
  /** Size of the newest verified success. */
  newestBytes: field.orNull(field.count),
  newestBlobCount: field.orNull(field.count),
  active: field.orNull(field.shape(activeEntries)),
  /** Medians of the last successes. */
  usualSeconds: field.orNull(field.count),
  usualBytes: field.orNull(field.count),
  /** Null unless the last run, or several in a row, ended without success. */
  newestFailure: field.orNull(field.shape(failureEntries)),
  /** The next scheduled start: the next slot, or the next try of this one. Null while a run is active. */
  nextStartAt: field.orNull(field.instant),
};
export const hsmViewSchema = field.shape(hsmViewEntries);
export type HsmView = field.FieldsOf<typeof hsmViewEntries>;

/** The answer of `GET /api/hsms`: those that need the operator first. */
const hsmsEntries = {
  app: field.text,
  version: field.text,
  /** The app's clock, which every age is computed by. */
  now: field.instant,
  /** False if an HSM is overdue, a setting is rejected, or a state cannot be read. */
  isHealthy: field.flag,
  schedule: field.text,
  authentication: field.oneOf(["sas", "managedIdentity"]),
  hsms: field.listOf(hsmViewSchema),
  problems: field.listOf(problemSchema),
};
export const hsmsSchema = field.shape(hsmsEntries);
export type HsmsAnswer = field.FieldsOf<typeof hsmsEntries>;
