import { CallFailed } from "./call-failed.ts";
import { type Card, type ReadCard, readCardText } from "./card.ts";
import { type Deps, LARGEST_BLOB, type ListedBlob, type Metadata, type Written } from "./deps.ts";
import { listFirst } from "./list-first.ts";
import { type ReadRecord, readRecordText, toRecord } from "./record.ts";
import { isEnded, type Run } from "./run.ts";
import { parseRunId, type RunId, reverseTime } from "./run-id.ts";

// Names in the ledger, all within one container:
//   hsms/{hsm}.json                          the card
//   runs/{hsm}/{reverse time}-{id}.json      one record per run; the id gives the name, and a listing the newest first
//   damaged/{moment}-{name}                  what couldn't be read, byte for byte
const CARDS = "hsms/";
const ENDING = ".json";

export const cardName = (hsm: string): string => `${CARDS}${hsm}${ENDING}`;
export const recordsOf = (hsm: string): string => `runs/${hsm}/`;
export const recordName = (hsm: string, id: RunId): string => `${recordsOf(hsm)}${reverseTime(id)}-${id}${ENDING}`;

/** A value as it stands in the ledger, with the ETag that a change of it needs. */
export type Stored<T> = { readonly value: T; readonly etag: string };

type Absent = { readonly outcome: "absent" };
/** Its bytes can't be kept as damage, and nobody may lose them: they stay where they are. */
type TooLarge = { readonly outcome: "tooLarge"; readonly problem: string };
type Kept = { readonly etag: string; readonly body: Uint8Array };

/** @throws CallFailed also for one that is too large: without a card nothing can be admitted, and a new one has no place */
export async function readCard(deps: Deps, hsm: string): Promise<Absent | (ReadCard & Kept)> {
  const blob = await deps.readBlob(cardName(hsm));
  if (blob.outcome === "absent") return blob;
  if (blob.outcome === "tooLarge") throw blobTooLarge(cardName(hsm));
  const { etag, body } = blob;
  const text = decode(body);
  return { ...(text === undefined ? NO_TEXT : readCardText(text, hsm)), etag, body };
}

/** Writes a card where its ETag still stands, or where there is none yet (`null`). */
export const writeCard = (deps: Deps, card: Card, etag: string | null): Promise<Written> =>
  deps.writeBlob({ name: cardName(card.hsm), body: JSON.stringify(card), onlyIf: etag === null ? "absent" : { etag } });

/** The names of all HSMs that have a card, configured or not. */
export async function listCards(deps: Deps): Promise<readonly string[]> {
  const cards = (await listFirst(deps, CARDS)).filter(({ name }) => name.endsWith(ENDING));
  return cards.map(({ name }) => name.slice(CARDS.length, -ENDING.length));
}

export async function readRecord(deps: Deps, hsm: string, id: RunId): Promise<Absent | TooLarge | (ReadRecord & Kept)> {
  const blob = await deps.readBlob(recordName(hsm, id));
  if (blob.outcome === "absent") return blob;
  if (blob.outcome === "tooLarge") return { ...blob, problem: TOO_MANY_BYTES };
  const { etag, body } = blob;
  const text = decode(body);
  const read = text === undefined ? NO_TEXT : readRecordText(text, hsm, id);
  if (read.outcome === "run") deps.tracing?.noteRun(read.run);
  return { ...read, etag, body };
}

/** Writes a record where its ETag still stands, or where there is none yet (`null`). */
export async function writeRecord(deps: Deps, run: Run, etag: string | null): Promise<Written> {
  const written = await deps.writeBlob({
    name: recordName(run.hsm, run.id),
    body: JSON.stringify(toRecord(run)),
    metadata: metadataOf(run),
    onlyIf: etag === null ? "absent" : { etag },
  });
  if (written.outcome === "written") deps.tracing?.noteRun(run);
  return written;
}

/** Keeps bytes that couldn't be read, under a name that tells what they were and when. Gives that name. A name that is taken was given by somebody who found the same bytes at the same instant. */
export async function keepDamaged(deps: Deps, name: string, body: Uint8Array): Promise<string> {
  const keptAs = `damaged/${deps.now().toISOString().replace(/[-:.]/g, "")}-${name}`;
  await deps.writeBlob({ name: keptAs, body, onlyIf: "absent" });
  return keptAs;
}

/** What a list shows of a run, as it stands in its blob's metadata: a page of a list is one call. */
export type ListedRun = {
  readonly id: RunId;
  readonly hsm: string;
  readonly state: string;
  readonly trigger: string;
  readonly slot: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly blobCount: number | null;
  readonly bytes: number | null;
};

function metadataOf(run: Run): Metadata {
  return {
    state: run.state,
    trigger: run.trigger,
    startedat: run.startedAt,
    ...(run.slot !== null && { slot: run.slot }),
    ...(isEnded(run) && { endedat: run.endedAt }),
    ...(run.state === "Succeeded" && { blobcount: String(run.blobCount), bytes: String(run.bytes) }),
  };
}

/** A listed record; undefined for a blob that this app didn't name. Metadata that is missing or odd is shown as unknown. */
export function listedRun(hsm: string, { name, metadata }: ListedBlob): ListedRun | undefined {
  const id = /^\d{13}-(.+)\.json$/.exec(name.slice(recordsOf(hsm).length))?.[1];
  if (id === undefined || parseRunId(id) === undefined) return undefined;
  return {
    id,
    hsm,
    state: metadata.state ?? "Unreadable",
    trigger: metadata.trigger ?? "unknown",
    slot: metadata.slot ?? null,
    startedAt: metadata.startedat ?? null,
    endedAt: metadata.endedat ?? null,
    blobCount: numberOrNull(metadata.blobcount),
    bytes: numberOrNull(metadata.bytes),
  };
}

function numberOrNull(digits: string | undefined): number | null {
  return digits !== undefined && /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}

const TOO_MANY_BYTES = `it has more than ${LARGEST_BLOB} bytes, and the app writes nothing so large`;

/** Who finds it can't mend it: whoever put it there has to take it away. */
export const blobTooLarge = (name: string): CallFailed =>
  new CallFailed({
    operation: "read the ledger",
    target: name,
    reason: "unreadable",
    status: 200,
    code: "blobTooLarge",
    said: TOO_MANY_BYTES,
    remedy: `Move ${name} out of the ledger's container, and find out who put it there: what is missing then is made again.`,
  });

const NO_TEXT = { outcome: "unreadable", problem: "its bytes are no UTF-8" } as const;

/** Undefined for bytes that are no UTF-8: read as well as can be, they would be written back as others. */
function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
