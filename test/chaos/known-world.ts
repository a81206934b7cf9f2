import { type Card, giveBack, newCard, summarize } from "../../backup/card.ts";
import { after } from "../../backup/instant.ts";
import type { Attempt, EndedRun, SucceededRun, UnsuccessfulRun } from "../../backup/run.ts";
import type { Facts, JobFacts } from "./facts.ts";

export const HSM = "contoso";
export const SLOT = "2026-11-23T02:00:00.000Z";
const SECOND = 1_000;
const STORAGE = "https://127.0.0.1:1/hsmbackups";

/** An instant so many seconds after the slot. */
export const at = (seconds: number): string => after(SLOT, seconds * SECOND);

export const attempt = (
  id: string,
  seconds: number,
  outcome: readonly [code: string, status: number | null] | null,
): Attempt => ({
  id,
  at: at(seconds),
  outcome: outcome && { code: outcome[0], status: outcome[1], at: at(seconds + 1) },
});

const ids = (name: string) => `20261123T020000Z-1-${name.padEnd(8, "0")}`;

/** A run of the slot that began at its `begins`-th second and took five. */
export const succeeded = (name: string, begins: number, change: Partial<SucceededRun> = {}): SucceededRun => ({
  ...base(name, begins),
  state: "Succeeded",
  jobId: `job-${name}`,
  folderUrl: `${STORAGE}/container/folder-${name}`,
  blobCount: 3,
  bytes: 300,
  endedAt: at(begins + 5),
  ...change,
});

export const failed = (name: string, begins: number, change: Partial<UnsuccessfulRun> = {}): UnsuccessfulRun => ({
  ...base(name, begins),
  state: "Failed",
  jobId: `job-${name}`,
  folderUrl: null,
  error: { code: "StorageError", message: "", inner: [], remedy: "" },
  endedAt: at(begins + 5),
  ...change,
});

const base = (name: string, begins: number) => ({
  id: ids(name),
  hsm: HSM,
  slot: SLOT,
  trigger: "schedule" as const,
  seq: 1,
  messageId: null,
  deadlineAt: at(3_600),
  storageUrl: STORAGE,
  container: "container",
  attempts: [attempt(`attempt-${name}`, begins + 1, ["accepted", 202])],
  startedAt: at(begins),
  followUps: 1,
  traceparent: null,
});

export const jobOfRun = (name: string, begins: number, change: Partial<JobFacts> = {}): JobFacts => ({
  hsm: HSM,
  id: `job-${name}`,
  status: "Succeeded",
  folderUrl: `${STORAGE}/container/folder-${name}`,
  blobCount: 3,
  bytes: 300,
  startedAt: at(begins + 1.5),
  endedAt: at(begins + 4),
  ...change,
});

/** The card that runs leave behind when they end one after the other. */
export const cardAfter = (...runs: readonly EndedRun[]): Card =>
  runs.reduce<Card>((card, run) => giveBack(card, summarize(run, null), run.endedAt), newCard(HSM, SLOT));

export const told = ({ id, jobId }: EndedRun) => ({ event: "backup.succeeded", run: id, jobId });

/**
 * A world in which all is well: a run that failed as its job did, and the next try, which succeeded. Each row of a test
 * changes one thing in it.
 */
export function goodFacts(): Facts {
  const first = failed("first", 0);
  const second = succeeded("second", 10);
  const job = jobOfRun("second", 10);
  return {
    hsms: [HSM],
    cards: [cardAfter(first, second)],
    records: [first, second],
    unreadable: [],
    jobs: [jobOfRun("first", 0, { status: "Failed", folderUrl: null }), job],
    folders: new Map([[second.folderUrl, { blobCount: 3, bytes: 300 }]]),
    copies: [{ name: "container/second.backup.json", run: second.id, state: "Succeeded" }],
    starts: [{ hsm: HSM, answers: [{ status: 409, run: second.id }] }],
    events: [told(first), told(second)],
    scripted: new Map(),
    messages: [],
    damaged: [],
  };
}
