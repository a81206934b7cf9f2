import * as field from "../fields.ts";

/**
 * What became of a slot:
 * - `covered`: a verified success was started from this slot on, and before the next
 * - `failed`: runs were started, and none of them succeeded
 * - `missed`: no run was started, and the time for it is over
 * - `notDue`: the HSM was not known yet, or the slot still has time
 */
export const SLOT_STATES = ["covered", "failed", "missed", "notDue"] as const;

const slotEntries = {
  slot: field.instant,
  state: field.oneOf(SLOT_STATES),
  /** The run that covers the slot, otherwise its last run. */
  run: field.orNull(field.runId),
  /** The number of its runs that ended without success. */
  failures: field.count,
  /** Whether a run is active for it. */
  isRunning: field.flag,
  /** Duration and size of the success. */
  seconds: field.orNull(field.count),
  bytes: field.orNull(field.count),
};
export const coverageSlotSchema = field.shape(slotEntries);
export type CoverageSlot = field.FieldsOf<typeof slotEntries>;

/** The answer of `GET /api/hsms/{hsm}/coverage`: a page of slots, newest first. `cursor` continues with older ones. */
const coverageEntries = {
  hsm: field.hsmName,
  schedule: field.text,
  days: field.count,
  now: field.instant,
  slots: field.listOf(coverageSlotSchema),
  cursor: field.orNull(field.text),
};
export const coverageSchema = field.shape(coverageEntries);
export type CoverageAnswer = field.FieldsOf<typeof coverageEntries>;
