import {
  BadField,
  count,
  countOrNull,
  type Fields,
  fieldsOf,
  instant,
  instantOrNull,
  list,
  nested,
  oneOf,
  parseJson,
  text,
  textOrNull,
  url,
  versionNumber,
} from "./fields.ts";
import { type Instant, isAhead, millis } from "./instant.ts";
import { END_STATES, type EndedRun, SCHEMA_VERSION, type Trigger } from "./run.ts";
import { containerOf, deadline } from "./run-fields.ts";
import { type RunId, runId } from "./run-id.ts";

/** Ended runs that a card remembers. */
export const REMEMBERED_RUNS = 30;

/** The run that an HSM's card is given to: enough to make its record from. */
export type ActiveRun = {
  readonly id: RunId;
  readonly slot: Instant | null;
  readonly trigger: Trigger;
  /** SHA-256 of the `Idempotency-Key`, or null. */
  readonly key: string | null;
  readonly at: Instant;
  readonly deadlineAt: Instant;
  readonly storageUrl: string;
  readonly container: string;
  readonly traceparent: string | null;
};

/** What a card keeps of an ended run. */
export type EndedSummary = {
  readonly id: RunId;
  readonly slot: Instant | null;
  readonly trigger: Trigger;
  readonly key: string | null;
  readonly state: EndedRun["state"];
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly blobCount: number | null;
  readonly bytes: number | null;
};

/** A slot that passed without a verified success and whose telling isn't confirmed yet; `at`: who found it, when. */
export type UntoldSlot = { readonly slot: Instant; readonly at: Instant };

/** The state of one HSM: who backs it up now, and what its last runs came to. */
export type Card = {
  readonly schemaVersion: number;
  readonly hsm: string;
  /** First seen among the settings. */
  readonly since: Instant;
  /** Every slot before this instant was judged: satisfied or told as missed. */
  readonly judgedUntil: Instant;
  readonly active: ActiveRun | null;
  readonly newestSuccess: EndedSummary | null;
  /** The last ended runs, the last ended first. */
  readonly runs: readonly EndedSummary[];
  readonly failuresInARow: number;
  readonly untold: readonly UntoldSlot[];
  /** When the HSM was found to be no longer among the settings. */
  readonly leftAt: Instant | null;
};

/** The card of an HSM that nobody has seen before. */
export function newCard(hsm: string, now: Instant): Card {
  return {
    schemaVersion: SCHEMA_VERSION,
    hsm,
    since: now,
    judgedUntil: now,
    active: null,
    newestSuccess: null,
    runs: [],
    failuresInARow: 0,
    untold: [],
    leftAt: null,
  };
}

/** What a card keeps of a run that has ended. */
export function summarize(run: EndedRun, key: string | null): EndedSummary {
  const { id, slot, trigger, state, startedAt, endedAt } = run;
  const size =
    run.state === "Succeeded" ? { blobCount: run.blobCount, bytes: run.bytes } : { blobCount: null, bytes: null };
  return { id, slot, trigger, key, state, startedAt, endedAt, ...size };
}

/**
 * Whether a card knows of this end: it is folded in, or older than all that the card remembers. A run that is neither on
 * the card nor known to it lost its card (it was made again without it): its end is still to be told.
 */
export function knowsEnd(card: Card, run: Pick<EndedSummary, "id" | "endedAt">): boolean {
  if (card.active?.id === run.id) return false;
  const oldest = card.runs.length < REMEMBERED_RUNS ? undefined : card.runs.at(-1);
  return (
    card.runs.some(({ id }) => id === run.id) || (oldest !== undefined && millis(run.endedAt) <= millis(oldest.endedAt))
  );
}

/** The card with the result of a run, given back where it was this run's. The same card where somebody else has done it. */
export function giveBack(card: Card, end: EndedSummary, now: Instant): Card {
  if (knowsEnd(card, end)) return card;
  const isMine = card.active?.id === end.id;
  const summary = { ...end, key: isMine ? (card.active?.key ?? null) : end.key };
  const succeeded = end.state === "Succeeded";
  return {
    ...card,
    active: isMine ? null : card.active,
    newestSuccess: succeeded ? newer(summary, card.newestSuccess, now) : card.newestSuccess,
    runs: [summary, ...card.runs.filter(({ id }) => id !== end.id)].slice(0, REMEMBERED_RUNS),
    failuresInARow: succeeded ? 0 : card.failuresInARow + 1,
  };
}

/**
 * A card that was made again from its records may finish an older success after a newer one. One that is still to come
 * had a wrong clock, and stands back.
 */
const newer = (a: EndedSummary, b: EndedSummary | null, now: Instant): EndedSummary =>
  b !== null && millis(b.startedAt) > millis(a.startedAt) && !isAhead(b.startedAt, now) ? b : a;

export type ReadCard =
  | { readonly outcome: "card"; readonly card: Card }
  | { readonly outcome: "unreadable"; readonly problem: string };

/** Reads a card from its text. Fields that this version doesn't know are kept: a newer app may have written them. */
export function readCardText(json: string, hsm: string): ReadCard {
  try {
    const card = cardOf(fieldsOf(parseJson(json, "card"), "card"), hsm);
    if (card.hsm !== hsm) throw new BadField("hsm", hsm, card.hsm);
    return { outcome: "card", card };
  } catch (thrown) {
    if (thrown instanceof BadField) return { outcome: "unreadable", problem: thrown.message };
    throw thrown;
  }
}

// Spreading what was read first keeps the unknown fields, here and in each entry.
const cardOf = (from: Fields, hsm: string): Card => ({
  ...from,
  schemaVersion: versionNumber(from, "schemaVersion"),
  hsm: text(from, "hsm"),
  since: instant(from, "since"),
  judgedUntil: instant(from, "judgedUntil"),
  active: nested(from, "active", (active) => activeOf(active, hsm)),
  newestSuccess: nested(from, "newestSuccess", summaryOf),
  runs: list(from, "runs", summaryOf),
  failuresInARow: count(from, "failuresInARow"),
  untold: list(from, "untold", (item) => ({ ...item, slot: instant(item, "slot"), at: instant(item, "at") })),
  leftAt: instantOrNull(from, "leftAt"),
});

const activeOf = (from: Fields, hsm: string): ActiveRun => ({
  ...from,
  id: runId(from, "id"),
  slot: instantOrNull(from, "slot"),
  trigger: oneOf(from, "trigger", ["schedule", "manual"]),
  key: textOrNull(from, "key"),
  at: instant(from, "at"),
  deadlineAt: deadline(from, "deadlineAt", instant(from, "at")),
  storageUrl: url(from, "storageUrl"),
  container: containerOf(from, "container", hsm),
  traceparent: textOrNull(from, "traceparent"),
});

const summaryOf = (from: Fields): EndedSummary => ({
  ...from,
  id: runId(from, "id"),
  slot: instantOrNull(from, "slot"),
  trigger: oneOf(from, "trigger", ["schedule", "manual"]),
  key: textOrNull(from, "key"),
  state: oneOf(from, "state", END_STATES),
  startedAt: instant(from, "startedAt"),
  endedAt: instant(from, "endedAt"),
  blobCount: countOrNull(from, "blobCount"),
  bytes: countOrNull(from, "bytes"),
});
