/**
 * The ledger's texts as the checks read them. On purpose not read with the product's own functions: a mistake there
 * must not blind the checks, and only what they judge by is read, once per write.
 */

export type AttemptSeen = {
  readonly id: string;
  readonly at: number;
  readonly status: number | null;
  readonly isClaim: boolean;
  readonly outcomeAt: number | null;
};

/** A record; all times in milliseconds. */
export type RecordSeen = {
  readonly id: string;
  readonly hsm: string;
  readonly text: string;
  readonly version: number;
  readonly slot: number | null;
  readonly trigger: string;
  readonly state: string;
  readonly isEnded: boolean;
  readonly seq: number;
  readonly messageId: string | null;
  readonly nextAt: number | null;
  readonly deadlineAt: number;
  readonly container: string;
  readonly folderUrl: string | null;
  readonly jobId: string | null;
  readonly attempts: readonly AttemptSeen[];
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly followUps: number;
  readonly blobCount: number | null;
  readonly bytes: number | null;
  readonly code: string | null;
  readonly doubt: { readonly code: string; readonly since: number; readonly looks: number } | null;
};

export type ActiveSeen = {
  readonly id: string;
  readonly slot: number | null;
  readonly trigger: string;
  readonly key: string | null;
  readonly at: number;
  readonly deadlineAt: number;
};

export type SummarySeen = {
  readonly id: string;
  readonly slot: number | null;
  readonly state: string;
  readonly startedAt: number;
  readonly endedAt: number;
};

export type CardSeen = {
  readonly hsm: string;
  readonly text: string;
  readonly since: number;
  readonly judgedUntil: number;
  readonly active: ActiveSeen | null;
  readonly newestSuccess: SummarySeen | null;
  readonly runs: readonly SummarySeen[];
  readonly failuresInARow: number;
  readonly untold: readonly { readonly slot: number; readonly at: number }[];
  readonly leftAt: number | null;
  /** The names of all that stands on it, known or not. */
  readonly fields: readonly string[];
};

type Fields = { readonly [name: string]: unknown };

const END_STATES = ["Succeeded", "Failed", "Canceled", "TimedOut"];
const RECORD_NAME = /^runs\/([^/]+)\/\d{13}-(.+)\.json$/;
const CARD_NAME = /^hsms\/([^/]+)\.json$/;

/** What a blob's name says it is. */
export type BlobName =
  | { readonly kind: "record"; readonly hsm: string; readonly run: string }
  | { readonly kind: "card"; readonly hsm: string }
  | { readonly kind: "other" };

const OTHER: BlobName = { kind: "other" };

export function blobNameOf(name: string): BlobName {
  const [, hsm, run] = RECORD_NAME.exec(name) ?? [];
  if (hsm !== undefined && run !== undefined) return { kind: "record", hsm, run };
  const card = CARD_NAME.exec(name)?.[1];
  return card === undefined ? OTHER : { kind: "card", hsm: card };
}

/** Undefined for what isn't a record. */
export function readRecordWords(text: string): RecordSeen | undefined {
  const from = fieldsOf(text);
  const id = from && textOf(from.id);
  if (!id || typeof from.seq !== "number" || typeof from.state !== "string" || !isTime(from.deadlineAt))
    return undefined;
  const error = isFields(from.error) ? from.error : {};
  return {
    id,
    hsm: textOf(from.hsm) ?? "",
    text,
    version: numberOf(from.schemaVersion) ?? 0,
    slot: timeOf(from.slot),
    trigger: textOf(from.trigger) ?? "",
    state: from.state,
    isEnded: END_STATES.includes(from.state),
    seq: from.seq,
    messageId: textOf(from.messageId),
    nextAt: timeOf(from.nextAt),
    deadlineAt: Date.parse(from.deadlineAt),
    container: textOf(from.container) ?? "",
    folderUrl: textOf(from.folderUrl),
    jobId: textOf(from.jobId),
    attempts: listOf(from.attempts).map(attemptOf),
    startedAt: timeOf(from.startedAt) ?? Number.NaN,
    endedAt: timeOf(from.endedAt),
    followUps: numberOf(from.followUps) ?? 0,
    blobCount: numberOf(from.blobCount),
    bytes: numberOf(from.bytes),
    code: textOf(error.code),
    doubt: isFields(from.doubt) ? doubtOf(from.doubt) : null,
  };
}

/** Undefined for what isn't a card. */
export function readCardWords(text: string): CardSeen | undefined {
  const from = fieldsOf(text);
  if (from === undefined || typeof from.hsm !== "string" || !isTime(from.since) || !isTime(from.judgedUntil))
    return undefined;
  return {
    hsm: from.hsm,
    text,
    since: Date.parse(from.since),
    judgedUntil: Date.parse(from.judgedUntil),
    active: isFields(from.active) ? activeOf(from.active) : null,
    newestSuccess: isFields(from.newestSuccess) ? summaryOf(from.newestSuccess) : null,
    runs: listOf(from.runs).map(summaryOf),
    failuresInARow: numberOf(from.failuresInARow) ?? 0,
    untold: listOf(from.untold).map((item) => ({ slot: timeOf(item.slot) ?? 0, at: timeOf(item.at) ?? 0 })),
    leftAt: timeOf(from.leftAt),
    fields: Object.keys(from),
  };
}

const attemptOf = (from: Fields): AttemptSeen => ({
  id: textOf(from.id) ?? "",
  at: timeOf(from.at) ?? 0,
  status: isFields(from.outcome) ? numberOf(from.outcome.status) : null,
  isClaim: from.outcome === null,
  outcomeAt: isFields(from.outcome) ? timeOf(from.outcome.at) : null,
});

const doubtOf = (from: Fields) => ({
  code: textOf(from.code) ?? "",
  since: timeOf(from.since) ?? 0,
  looks: numberOf(from.looks) ?? 0,
});

const activeOf = (from: Fields): ActiveSeen => ({
  id: textOf(from.id) ?? "",
  slot: timeOf(from.slot),
  trigger: textOf(from.trigger) ?? "",
  key: textOf(from.key),
  at: timeOf(from.at) ?? 0,
  deadlineAt: timeOf(from.deadlineAt) ?? 0,
});

const summaryOf = (from: Fields): SummarySeen => ({
  id: textOf(from.id) ?? "",
  slot: timeOf(from.slot),
  state: textOf(from.state) ?? "",
  startedAt: timeOf(from.startedAt) ?? 0,
  endedAt: timeOf(from.endedAt) ?? 0,
});

function fieldsOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    // Damaged by hand, or written while the ledger was: that it can't be read is what there is to know.
    return undefined;
  }
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isTime = (value: unknown): value is string => typeof value === "string" && !Number.isNaN(Date.parse(value));
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);
const timeOf = (value: unknown): number | null => (isTime(value) ? Date.parse(value) : null);
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
