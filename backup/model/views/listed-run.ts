import * as field from "../fields.ts";

/** What a list shows of a run, from the metadata of its blob: a page of a list is one call. */
const listedRunEntries = {
  id: field.runId,
  hsm: field.hsmName,
  /** `Unreadable`, and a `trigger` of `unknown`, where the metadata was lost. */
  state: field.text,
  trigger: field.text,
  slot: field.orNull(field.text),
  startedAt: field.orNull(field.text),
  endedAt: field.orNull(field.text),
  blobCount: field.orNull(field.count),
  bytes: field.orNull(field.count),
};
export const listedRunSchema = field.shape(listedRunEntries);
export type ListedRun = field.FieldsOf<typeof listedRunEntries>;

/** What the answer to a start has at least: a repeated start whose run cannot be read names it only. */
const startedRunEntries = { id: field.runId, hsm: field.hsmName };
export const startedRunSchema = field.shape(startedRunEntries);
export type StartedRun = field.FieldsOf<typeof startedRunEntries>;

/** The answer of `GET /api/backups`. `cursor` continues the list. `unreadable`: HSMs whose state cannot be read. */
const runListEntries = {
  runs: field.listOf(listedRunSchema),
  cursor: field.orNull(field.text),
  unreadable: field.optional(field.listOf(field.text)),
};
export const runListSchema = field.shape(runListEntries);
export type RunList = field.FieldsOf<typeof runListEntries>;
