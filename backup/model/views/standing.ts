import * as field from "../fields.ts";
import { RUN_STATES } from "../run.ts";

/** The status of an HSM: its newest verified success, when it becomes overdue, and what runs. */
export const standingEntries = {
  hsm: field.text,
  /** When the run of the newest verified success was started. */
  newestSuccess: field.orNull(field.instant),
  newestSuccessRun: field.orNull(field.runId),
  /** Since the newest success was started. */
  ageSeconds: field.orNull(field.count),
  /** Null if there is no success that could become too old. The HSM is overdue. */
  overdueAt: field.orNull(field.instant),
  isOverdue: field.flag,
  running: field.orNull(field.runId),
  runningState: field.orNull(field.oneOf(RUN_STATES)),
  failuresInARow: field.count,
  problem: field.orNull(field.text),
};
export type Standing = field.FieldsOf<typeof standingEntries>;

/** A setting that cannot be used; `hsm`: the HSM that is not backed up because of it. */
export const problemSchema = field.shape({
  setting: field.text,
  problem: field.text,
  hsm: field.optional(field.text),
});

export const hsmHealthSchema = field.shape({ ...standingEntries, isConfigured: field.flag });

/** The answer of `GET /api/health`. */
const healthEntries = {
  status: field.oneOf(["healthy", "unhealthy"]),
  version: field.text,
  hsms: field.listOf(hsmHealthSchema),
  problems: field.listOf(problemSchema),
};
export const healthSchema = field.shape(healthEntries);
export type HealthAnswer = field.FieldsOf<typeof healthEntries>;
