import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { ErrorBody } from "../wire/key-vault-error.ts";
import type { Disguise, Job } from "./job.ts";

/** What the HSMs' jobs came to, in a file of one line for each start and each end: it survives a SIGKILL. */
export type Journal = {
  /** The jobs of an HSM that stood there when the journal was opened, oldest first. */
  readonly jobsOf: (hsm: string) => readonly Job[];
  /** Stores the job's current state; the newest line of a job counts. */
  readonly write: (hsm: string, job: Job) => void;
};

type Entry = {
  readonly hsm: string;
  readonly id: string;
  readonly kind: Job["kind"];
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: Job["status"];
  readonly disguise: Disguise;
  readonly folderUrl: string | null;
  readonly details: string | null;
  readonly blobCount: number;
  readonly bytes: number;
  readonly error: ErrorBody | null;
};

const ENDED_WITH_THE_EMULATOR: ErrorBody = {
  code: "InternalServerError",
  message: "The emulator was ended while the job ran.",
};

/**
 * Opens the file, or begins it. A job that ran when the emulator was ended can't go on: it has failed.
 * @param now the end of such a job
 * @throws when the file can't be read or written
 */
export function openJournal(file: string, now: Date): Journal {
  const newest = new Map<string, Entry>();
  for (const entry of readEntries(file)) newest.set(entry.id, entry);
  const known = [...newest.values()].map(({ hsm, ...entry }) => ({ hsm, job: jobOf(entry, now) }));
  // Rewritten: a line that was cut off would corrupt the next one.
  writeFileSync(`${file}~`, known.map(({ hsm, job }) => lineOf(hsm, job)).join(""));
  renameSync(`${file}~`, file);
  return {
    jobsOf: (name) => known.filter(({ hsm }) => hsm === name).map(({ job }) => job),
    write: (hsm, job) => appendFileSync(file, lineOf(hsm, job)),
  };
}

function readEntries(file: string): readonly Entry[] {
  appendFileSync(file, "");
  // A last line without its end was cut off by a SIGKILL: its job was never answered.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map(parseEntry);
}

const lineOf = (hsm: string, job: Job): string => `${JSON.stringify(entryOf(hsm, job))}\n`;

/** The file is the emulator's own; a file of another form belongs to another program, and the start fails. */
function parseEntry(line: string): Entry {
  const entry: Entry = JSON.parse(line);
  if (typeof entry.hsm !== "string" || typeof entry.id !== "string")
    throw new TypeError("The journal holds a line that is not of a job.");
  return entry;
}

const entryOf = (hsm: string, job: Job): Entry => ({
  hsm,
  id: job.id,
  kind: job.kind,
  startedAt: job.startedAt.toISOString(),
  endedAt: job.endedAt?.toISOString() ?? null,
  status: job.status,
  disguise: job.disguise,
  folderUrl: job.folderUrl,
  details: job.details ?? null,
  blobCount: job.blobCount,
  bytes: job.bytes,
  error: job.error ?? null,
});

function jobOf(entry: Omit<Entry, "hsm">, now: Date): Job {
  const wasRunning = entry.endedAt === null;
  const error = wasRunning ? ENDED_WITH_THE_EMULATOR : entry.error;
  return {
    id: entry.id,
    kind: entry.kind,
    startedAt: new Date(entry.startedAt),
    endedAt: entry.endedAt === null ? now : new Date(entry.endedAt),
    status: wasRunning ? "Failed" : entry.status,
    disguise: entry.disguise,
    ending: new AbortController(),
    ended: Promise.resolve(),
    folderUrl: entry.folderUrl,
    ...(entry.details !== null && { details: entry.details }),
    blobCount: entry.blobCount,
    bytes: entry.bytes,
    ...(error !== null && { error }),
  };
}
