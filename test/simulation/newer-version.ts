import type { BlobToWrite, ReadBlob } from "../../backup/deps.ts";
import { SCHEMA_VERSION } from "../../backup/run.ts";
import type { AppDeps } from "../../functions/invocation-log.ts";

/** The version of records and messages that a newer app writes; it reads both. */
const NEWER = SCHEMA_VERSION + 1;
const RECORDS = "runs/";
const CARDS = "hsms/";
/** A field that only the newer app knows. */
const EXTRA = "writtenByNewer";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * The dependencies of a newer version of the app: the product's own code, told what it wrote in its own version's words. Its
 * records and messages are of the next version; its cards have a field more, as cards may.
 */
export const newerDeps = (deps: AppDeps): AppDeps => ({
  ...deps,
  readBlob: async (name) => {
    const read = await deps.readBlob(name);
    return name.startsWith(RECORDS) ? translatedDown(read) : read;
  },
  writeBlob: (blob) => deps.writeBlob(translatedUp(blob)),
  wakeLater: (message, delay, lifetime) => {
    const newer = { ...message, v: NEWER };
    return deps.wakeLater(newer, delay, lifetime);
  },
});

/** The body of a message as the newer app understands it. */
export const readByNewer = (body: unknown): unknown => (isObject(body) && body.v === NEWER ? { ...body, v: 1 } : body);

function translatedDown(read: ReadBlob): ReadBlob {
  if (read.outcome !== "found") return read;
  const record = parse(decoder.decode(read.body));
  if (record?.schemaVersion !== NEWER) return read;
  const { [EXTRA]: _extra, ...rest } = record;
  return { ...read, body: encoder.encode(JSON.stringify({ ...rest, schemaVersion: SCHEMA_VERSION })) };
}

function translatedUp(blob: BlobToWrite): BlobToWrite {
  const isRecord = blob.name.startsWith(RECORDS);
  if (typeof blob.body !== "string" || !(isRecord || blob.name.startsWith(CARDS))) return blob;
  const fields = parse(blob.body);
  if (fields === undefined) return blob;
  return { ...blob, body: JSON.stringify({ ...fields, [EXTRA]: true, ...(isRecord && { schemaVersion: NEWER }) }) };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
