import * as field from "../fields.ts";

/** One check: what was tried, what was found, and what the operator does next; `remedy` null where all is well. */
const checkEntries = {
  name: field.text,
  /** The HSM that was checked; null for a check of the app itself. */
  hsm: field.orNull(field.text),
  isOk: field.flag,
  tried: field.text,
  found: field.text,
  remedy: field.orNull(field.text),
};
export type DoctorCheck = field.FieldsOf<typeof checkEntries>;

/** The answer of `GET /api/doctor`. */
const doctorEntries = {
  isOk: field.flag,
  now: field.instant,
  checks: field.listOf(field.shape(checkEntries)),
};
export const doctorSchema = field.shape(doctorEntries);
export type DoctorAnswer = field.FieldsOf<typeof doctorEntries>;
