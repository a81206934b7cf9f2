import { after } from "../../backup/model/instant.ts";
import type { Attempt, EndedRecord } from "../../backup/model/run.ts";
import { type HsmState, newState, summaryOf, withEnded } from "../../backup/model/state.ts";
import { SCHEMA_VERSION } from "../../backup/model/validation.ts";
import type { Facts, JobFacts } from "./facts.ts";

export const HSM = "contoso";
export const SLOT = "2026-11-23T02:00:00.000Z";
const SECOND = 1_000;
const STORAGE = "https://127.0.0.1:1/hsmbackups";

/** An instant so many seconds after the slot. */
export const at = (seconds: number): string => after(SLOT, seconds * SECOND);

export const attempt = (seconds: number, outcome: readonly [code: string, status: number | null] | null): Attempt => ({
  at: at(seconds),
  outcome: outcome && { code: outcome[0], status: outcome[1], at: at(seconds) },
});

/** The record of a run of the slot that began at its `begins`-th second and took five. */
const recordOf = (name: string, begins: number): EndedRecord => ({
  schemaVersion: SCHEMA_VERSION,
  id: `20261123T020000Z-1-${name.padEnd(8, "0")}`,
  hsm: HSM,
  slot: SLOT,
  trigger: "schedule",
  state: "Succeeded",
  deadlineAt: at(3_600),
  storageUrl: STORAGE,
  container: "container",
  folderUrl: `${STORAGE}/container/folder-${name}`,
  jobId: `job-${name}`,
  attempts: [attempt(begins + 1, ["accepted", 202])],
  startedAt: at(begins),
  endedAt: at(begins + 5),
  looks: 1,
  blobCount: 3,
  bytes: 300,
  error: null,
});

export const succeeded = (name: string, begins: number, change: Partial<EndedRecord> = {}): EndedRecord => ({
  ...recordOf(name, begins),
  ...change,
});

export const failed = (name: string, begins: number, change: Partial<EndedRecord> = {}): EndedRecord => ({
  ...recordOf(name, begins),
  state: "Failed",
  folderUrl: null,
  blobCount: null,
  bytes: null,
  error: { code: "StorageError", message: "", inner: [], remedy: "" },
  ...change,
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

/** The state after runs that ended one after the other. */
export const stateAfter = (...records: readonly EndedRecord[]): HsmState =>
  records.reduce<HsmState>(
    (state, record) => withEnded(state, summaryOf(record, null), new Date(record.endedAt)),
    newState(HSM, SLOT),
  );

/** A world without a finding: a run that failed as its job did, and the next try, which succeeded. Each row of a test changes one thing. */
export function goodFacts(): Facts {
  const first = failed("first", 0);
  const second = succeeded("second", 10);
  return {
    hsms: [HSM],
    states: [stateAfter(first, second)],
    records: [first, second],
    unreadable: [],
    jobs: [jobOfRun("first", 0, { status: "Failed", folderUrl: null }), jobOfRun("second", 10)],
    folders: new Map([[String(second.folderUrl), { blobCount: 3, bytes: 300 }]]),
    manifests: [{ name: "container/second.backup.json", run: second.id, state: "Succeeded" }],
    starts: [{ hsm: HSM, answers: [{ status: 409, run: second.id }] }],
    loggedEnds: new Set([first.id, second.id]),
    scripted: new Map(),
    messages: [],
    damaged: [],
  };
}
