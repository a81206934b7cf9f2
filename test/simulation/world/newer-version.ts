import { SCHEMA_VERSION } from "../../../backup/model/validation.ts";
import type { BlobToWrite, ReadBlob } from "../../../backup/ports.ts";
import type { AppPorts } from "../../../functions/invocation.ts";

/** The version of records and messages, and of some states, that a newer app writes; it reads both. */
const NEWER = SCHEMA_VERSION + 1;
const RECORDS = "runs/";
const STATES = "hsms/";
/** A field that only the newer app knows. */
const EXTRA = "writtenByNewer";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * The ports of a newer version of the app: the product's own code, whose records and messages have the next version, and
 * whose states have a field more. `writesStates`: its states have the next version, too.
 */
export const newerPorts = (ports: AppPorts, writesStates: boolean): AppPorts => ({
  ...ports,
  readBlob: async (name) => downgradedBlob(await ports.readBlob(name)),
  writeBlob: (blob) => ports.writeBlob(upgraded(blob, writesStates)),
  sendMessage: (message, visibleAt, expiresAt) =>
    ports.sendMessage({ ...message, schemaVersion: NEWER }, visibleAt, expiresAt),
});

/** The body of a message as the newer app understands it. */
export const readByNewer = (body: unknown): unknown =>
  isObject(body) && body.schemaVersion === NEWER ? { ...body, schemaVersion: SCHEMA_VERSION } : body;

/** The text of a newer state or record in this version; undefined for any other text. */
export function downgraded(text: string): string | undefined {
  const fields = parse(text);
  if (fields?.schemaVersion !== NEWER) return undefined;
  return JSON.stringify({ ...fields, schemaVersion: SCHEMA_VERSION });
}

function downgradedBlob(read: ReadBlob): ReadBlob {
  const text = read.outcome === "found" ? downgraded(decoder.decode(read.body)) : undefined;
  return read.outcome === "found" && text !== undefined ? { ...read, body: encoder.encode(text) } : read;
}

function upgraded(blob: BlobToWrite, writesStates: boolean): BlobToWrite {
  const isRecord = blob.name.startsWith(RECORDS);
  if (typeof blob.body !== "string" || !(isRecord || blob.name.startsWith(STATES))) return blob;
  const fields = parse(blob.body);
  if (fields === undefined) return blob;
  const isNewer = isRecord || writesStates;
  return { ...blob, body: JSON.stringify({ ...fields, [EXTRA]: true, ...(isNewer && { schemaVersion: NEWER }) }) };
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
