import {
  array,
  type GenericSchema,
  type InferOutput,
  looseObject,
  nullable,
  number,
  optional,
  pipe,
  safeParse,
  string,
  transform,
} from "valibot";

// States and records as the checks read them: on purpose not with the product's own schemas, where a field could be
// changed by mistake. Instants are milliseconds since the epoch.
const instant = pipe(
  string(),
  transform((text) => Date.parse(text)),
);
const nullish = <Schema extends GenericSchema>(schema: Schema) => optional(nullable(schema), null);
const attempt = looseObject({ at: instant, outcome: nullable(looseObject({ code: string(), at: instant })) });
const error = looseObject({ code: string(), message: string(), remedy: string() });

const run = looseObject({
  id: string(),
  slot: nullable(instant),
  trigger: string(),
  key: nullable(string()),
  state: string(),
  seq: number(),
  nextAt: instant,
  deadlineAt: instant,
  startedAt: instant,
  endedAt: optional(instant),
  storageUrl: string(),
  container: string(),
  jobId: nullish(string()),
  folderUrl: nullish(string()),
  attempts: array(attempt),
  looks: number(),
  doubt: nullish(looseObject({ code: string(), since: instant, times: number() })),
  error: nullish(error),
  blobCount: nullish(number()),
  bytes: nullish(number()),
});
const summary = looseObject({
  id: string(),
  slot: nullable(instant),
  key: nullable(string()),
  state: string(),
  startedAt: instant,
  endedAt: instant,
});
const state = looseObject({
  schemaVersion: number(),
  hsm: string(),
  active: nullable(run),
  newestSuccess: nullable(summary),
  successSeconds: array(number()),
  runs: array(summary),
});
const record = looseObject({
  schemaVersion: number(),
  id: string(),
  hsm: string(),
  slot: nullable(instant),
  state: string(),
  startedAt: instant,
  endedAt: instant,
  storageUrl: string(),
  container: string(),
  jobId: nullable(string()),
  folderUrl: nullable(string()),
  blobCount: nullable(number()),
  bytes: nullable(number()),
  error: nullable(error),
});

export type RunSeen = InferOutput<typeof run>;
export type SummarySeen = InferOutput<typeof summary>;
/** `text`: the state as it stands there. */
export type StateSeen = InferOutput<typeof state> & { readonly text: string };
export type RecordSeen = InferOutput<typeof record>;

export type BlobName =
  | { readonly kind: "state"; readonly hsm: string }
  | { readonly kind: "record"; readonly hsm: string; readonly run: string }
  | { readonly kind: "other" };

const STATE = /^hsms\/([a-z0-9-]+)\.json$/;
const RECORD = /^runs\/([a-z0-9-]+)\/\d{13}-(\S+)\.json$/;

export function blobNameOf(name: string): BlobName {
  const hsm = STATE.exec(name)?.[1];
  if (hsm !== undefined) return { kind: "state", hsm };
  const [, ofHsm, id] = RECORD.exec(name) ?? [];
  return ofHsm === undefined || id === undefined ? { kind: "other" } : { kind: "record", hsm: ofHsm, run: id };
}

export function readState(text: string, hsm: string): StateSeen | undefined {
  const read = parse(state, text);
  return read?.hsm === hsm ? { ...read, text } : undefined;
}

export function readRecord(text: string, hsm: string, id: string): RecordSeen | undefined {
  const read = parse(record, text);
  return read?.id === id && read.hsm === hsm ? read : undefined;
}

function parse<Schema extends GenericSchema>(schema: Schema, text: string): InferOutput<Schema> | undefined {
  try {
    const read = safeParse(schema, JSON.parse(text), { abortEarly: true });
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

const ENDS = ["Succeeded", "Failed", "Canceled", "TimedOut"];
export const isEnded = ({ state: word }: { readonly state: string }): boolean => ENDS.includes(word);
