import { BadField, type Fields, text } from "./fields.ts";
import { type Instant, instantOf, millis } from "./instant.ts";

/**
 * Names a run and its record: the run's instant, which try of the slot it is (`m`: started by hand) and eight random
 * characters, e.g. `20261123T020000Z-1-k3v9x2ab`. The record is found from the id alone.
 */
export type RunId = string;

/** What an id says of its run. `attempt` is the try of the slot, from 1; 0 for a manual start. */
export type RunIdParts = { readonly at: Instant; readonly attempt: number };

/** An id has room for so many tries of a slot; later ones are told apart by its random characters. */
export const MOST_ATTEMPTS = 9_999;
const SHAPE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-(m|[1-9]\d{0,3})-[a-z0-9]{8}$/;
// Larger than any time in milliseconds that fits into its 13 digits (until the year 2286): what is subtracted from it sorts newest first.
const REVERSE_FROM = 9_999_999_999_999;

export function makeRunId(at: Date | Instant, attempt: number, random: string): RunId {
  const compact = instantOf(new Date(millis(at))).replace(/[-:]|\.\d+/g, "");
  return `${compact}-${attempt === 0 ? "m" : attempt}-${random}`;
}

/** Undefined for any text that this app never gives out. */
export function parseRunId(text: string): RunIdParts | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, attempt] = match;
  const at = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  if (Number.isNaN(Date.parse(at)) || instantOf(new Date(at)) !== at) return undefined;
  return { at, attempt: attempt === "m" ? 0 : Number(attempt) };
}

/** A field that holds a run's id. */
export function runId(from: Fields, field: string): RunId {
  const id = text(from, field);
  if (parseRunId(id) === undefined) throw new BadField(field, "a run id", id);
  return id;
}

/** The part of the record's blob name that makes a listing newest first; a later try of a slot counts as later. */
export function reverseTime(id: RunId): string | undefined {
  const parts = parseRunId(id);
  return parts && String(REVERSE_FROM - (millis(parts.at) + parts.attempt)).padStart(13, "0");
}
