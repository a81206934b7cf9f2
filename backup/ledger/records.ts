import { CallFailed } from "../model/call-failed.ts";
import { parseRunId, type RunId, reverseTime } from "../model/names.ts";
import { type EndedRecord, endedRecordSchema } from "../model/run.ts";
import { parseJson, parseVersioned } from "../model/validation.ts";
import type { ListedRun } from "../model/views/listed-run.ts";
import type { ListedBlob, Metadata, Ports } from "../ports.ts";
import { decode } from "./ledger.ts";

export const recordsOf = (hsm: string): string => `runs/${hsm}/`;
export const recordName = (hsm: string, id: RunId): string => `${recordsOf(hsm)}${reverseTime(id)}-${id}.json`;

export type ReadRecord =
  | { readonly outcome: "record"; readonly record: EndedRecord }
  | { readonly outcome: "absent" }
  | { readonly outcome: "unreadable"; readonly problem: string };

export async function readRecord(ports: Ports, hsm: string, id: RunId): Promise<ReadRecord> {
  const blob = await ports.readBlob(recordName(hsm, id)).catch(tooLarge);
  if (blob.outcome !== "found") return blob;
  const parsed = parseVersioned(endedRecordSchema, parseJson(decode(blob.body) ?? ""), "record");
  if (parsed.outcome !== "valid") return { outcome: "unreadable", problem: parsed.problem };
  const isItsOwn = parsed.value.id === id && parsed.value.hsm === hsm;
  return isItsOwn
    ? { outcome: "record", record: parsed.value }
    : { outcome: "unreadable", problem: "id, hsm: expected those of the blob's name, got others" };
}

/** A record over the limit stays unreadable: thrown, it would keep its run from being released, and its state from being rebuilt. */
function tooLarge(thrown: unknown): Extract<ReadRecord, { readonly outcome: "unreadable" }> {
  if (!(thrown instanceof CallFailed) || thrown.failure.code !== "blobTooLarge") throw thrown;
  return { outcome: "unreadable", problem: thrown.message };
}

/** Writes the record of an ended run, if absent. @returns the record in the ledger: the first one written counts */
export async function keepRecord(ports: Ports, record: EndedRecord): Promise<EndedRecord> {
  const name = recordName(record.hsm, record.id);
  const body = JSON.stringify(record);
  const written = await ports.writeBlob({ name, body, metadata: metadataOf(record), onlyIf: "absent" });
  if (written.outcome === "written") return record;
  const known = await readRecord(ports, record.hsm, record.id);
  return known.outcome === "record" ? known.record : record;
}

/** A page of runs, newest first. `marker` continues the listing; undefined on the last page. */
export type RunPage = { readonly runs: readonly ListedRun[]; readonly marker: string | undefined };

export async function listRecords(
  ports: Ports,
  hsm: string,
  marker: string | undefined,
  limit: number,
): Promise<RunPage> {
  const page = await ports.listBlobs(recordsOf(hsm), marker, limit);
  return { runs: page.blobs.flatMap((blob) => listedRun(hsm, blob) ?? []), marker: page.marker };
}

const metadataOf = ({ state, trigger, slot, startedAt, endedAt, blobCount, bytes }: EndedRecord): Metadata => ({
  state,
  trigger,
  startedat: startedAt,
  endedat: endedAt,
  ...(slot !== null && { slot }),
  ...(blobCount !== null && { blobcount: String(blobCount) }),
  ...(bytes !== null && { bytes: String(bytes) }),
});

/** Undefined for a blob whose name is not a record's. Missing or invalid metadata is shown as unknown. */
function listedRun(hsm: string, { name, metadata }: ListedBlob): ListedRun | undefined {
  const id = name.slice(recordsOf(hsm).length, -".json".length).replace(/^\d{13}-/, "");
  if (parseRunId(id) === undefined) return undefined;
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
