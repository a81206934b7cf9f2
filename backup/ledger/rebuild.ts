import { CallFailed } from "../model/call-failed.ts";
import { repaired } from "../model/events.ts";
import { instantOf, millis } from "../model/instant.ts";
import type { EndedRecord } from "../model/run.ts";
import { type HsmState, newState, REMEMBERED_RUNS, summaryOf, withEnded } from "../model/state.ts";
import type { Ports } from "../ports.ts";
import { type ReadState, readState, type StoredState, stateName, writeState } from "./ledger.ts";
import { listRecords, readRecord } from "./records.ts";

/** A process that loses more races on one blob has another problem. */
const MOST_RACES = 10;

/**
 * Reads the state of an HSM. A missing or damaged state is rebuilt from the records, without an active run; damaged
 * bytes are kept first. @throws CallFailed also for a state of a newer version, which is left alone
 */
export async function openState(ports: Ports, hsm: string): Promise<StoredState> {
  for (let race = 0; race < MOST_RACES; race++) {
    const read = await readState(ports, hsm);
    if (read.outcome === "state") return read;
    if (read.outcome === "newer") throw newerState(hsm, read.problem);
    const stored = await rebuild(ports, hsm, read);
    if (stored !== undefined) return stored;
  }
  throw tooManyRaces(hsm);
}

/** Undefined if another process wrote first. */
async function rebuild(
  ports: Ports,
  hsm: string,
  read: Exclude<ReadState, { readonly outcome: "state" | "newer" }>,
): Promise<StoredState | undefined> {
  const isDamaged = read.outcome === "damaged";
  const keptAs = isDamaged ? await keepDamaged(ports, stateName(hsm), read.body) : null;
  const state = await stateFromRecords(ports, hsm);
  // Logged before the write, so at least once. An HSM without a state and without records is new.
  if (isDamaged || state.runs.length > 0)
    ports.log(repaired(stateName(hsm), isDamaged ? read.problem : "it was gone", keptAs));
  const written = await writeState(ports, state, isDamaged ? read.etag : null);
  return written.outcome === "written" ? { state, etag: written.etag } : undefined;
}

/** Reads the last 30 records, and further back until a success is found. Skips records that cannot be read. */
async function stateFromRecords(ports: Ports, hsm: string): Promise<HsmState> {
  const now = ports.now();
  const records: EndedRecord[] = [];
  let hasSuccess = false;
  let marker: string | undefined;
  do {
    const page = await listRecords(ports, hsm, marker, REMEMBERED_RUNS);
    const read = await Promise.all(page.runs.map(({ id }) => readRecord(ports, hsm, id)));
    records.push(...read.flatMap((each) => (each.outcome === "record" ? [each.record] : [])));
    hasSuccess = records.some(({ state }) => state === "Succeeded");
    marker = page.marker;
  } while (marker !== undefined && (!hasSuccess || records.length < REMEMBERED_RUNS));
  const oldestFirst = records.toSorted((a, b) => millis(a.endedAt) - millis(b.endedAt));
  const firstSeenAt = oldestFirst[0]?.startedAt ?? instantOf(now);
  return oldestFirst.reduce<HsmState>(
    (state, record) => withEnded(state, summaryOf(record, null), now),
    newState(hsm, firstSeenAt),
  );
}

/** Keeps damaged bytes under a name that follows from them, so that repeating it changes nothing. @returns the name */
async function keepDamaged(ports: Ports, name: string, body: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(body)));
  const hash = Array.from(digest.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const keptAs = `damaged/${hash}-${name}`;
  await ports.writeBlob({ name: keptAs, body, onlyIf: "absent" });
  return keptAs;
}

const newerState = (hsm: string, problem: string): CallFailed =>
  new CallFailed({
    operation: "read the state of an HSM",
    target: hsm,
    reason: "unreadable",
    status: null,
    code: "newerVersion",
    said: problem,
    remedy: `${stateName(hsm)} was written by a newer version of this app and is left alone: deploy that version again.`,
  });

export const tooManyRaces = (hsm: string): CallFailed =>
  new CallFailed({
    operation: "write the state of an HSM",
    target: hsm,
    reason: "noAnswer",
    status: null,
    code: "tooManyRaces",
    said: `another process wrote first ${MOST_RACES} times in a row`,
    remedy: `Check what else writes ${stateName(hsm)}.`,
  });
