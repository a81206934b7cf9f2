import { expect, it } from "vitest";
import { recordName } from "../../../backup/ledger.ts";
import type { Fact, FaultKind, JobTruth, MakeCheck, View } from "../facts.ts";
import { HOUR, MINUTE } from "./spans.ts";

/** The slot that most samples are about; slots come every two hours, and a deadline is an hour. */
export const SLOT = Date.parse("2026-11-23T02:00:00Z");
export const HSM = "contoso";
export const RUN = "20261123T020000Z-1-aaaaaaaa";
export const OTHER_RUN = "20261123T020000Z-2-bbbbbbbb";
export const BY_HAND = "20261123T021000Z-m-cccccccc";
const SLOT_EVERY = 2 * HOUR;
const DEADLINE = HOUR;

/** A moment in minutes after the slot. */
export const minute = (minutes: number): number => SLOT + minutes * MINUTE;
/** The same as it stands in the ledger. */
export const instant = (minutes: number): string => new Date(minute(minutes)).toISOString();

type Changes = Readonly<Record<string, unknown>>;

export const recordOf = (run: string, changes: Changes = {}): string =>
  JSON.stringify({
    schemaVersion: 1,
    id: run,
    hsm: HSM,
    slot: run === BY_HAND ? null : instant(0),
    trigger: run === BY_HAND ? "manual" : "schedule",
    state: "Starting",
    seq: 0,
    messageId: null,
    nextAt: instant(3),
    deadlineAt: instant(60),
    doubt: null,
    storageUrl: "https://backups.blob.core.windows.net",
    container: "mhsm-backup-contoso-2026-11-23",
    folderUrl: null,
    jobId: null,
    attempts: [],
    startedAt: instant(0),
    endedAt: null,
    followUps: 0,
    blobCount: null,
    bytes: null,
    error: null,
    traceparent: null,
    ...changes,
  });

export const SUCCEEDED = {
  state: "Succeeded",
  jobId: "job1",
  endedAt: instant(10),
  nextAt: null,
  folderUrl: "https://backups.blob.core.windows.net/mhsm-backup-contoso-2026-11-23/folder1",
  blobCount: 2,
  bytes: 300,
};
export const FAILED = { state: "Failed", endedAt: instant(10), nextAt: null, error: { code: "x", message: "x" } };
export const CLAIM = { attempts: [{ id: "claim1", at: instant(1), outcome: null }] };

export const cardOf = (changes: Changes = {}): string =>
  JSON.stringify({
    schemaVersion: 1,
    hsm: HSM,
    since: instant(-60),
    judgedUntil: instant(-60),
    active: null,
    newestSuccess: null,
    runs: [],
    failuresInARow: 0,
    untold: [],
    leftAt: null,
    ...changes,
  });

export const activeOf = (run: string, changes: Changes = {}): Changes => ({
  id: run,
  slot: run === BY_HAND ? null : instant(0),
  trigger: run === BY_HAND ? "manual" : "schedule",
  key: null,
  at: instant(0),
  deadlineAt: instant(60),
  storageUrl: "https://backups.blob.core.windows.net",
  container: "mhsm-backup-contoso-2026-11-23",
  traceparent: null,
  ...changes,
});

/** What a card keeps of an ended run. */
export const summaryOf = (run: string, state: string, changes: Changes = {}): Changes => ({
  id: run,
  slot: run === BY_HAND ? null : instant(0),
  state,
  startedAt: instant(0),
  endedAt: instant(10),
  ...changes,
});

const nameOf = (run: string): string => recordName(HSM, run);
const CARD = `hsms/${HSM}.json`;

// Facts, each at a minute after the slot.
export const wroteRecord = (at: number, run: string, changes: Changes = {}, host = 1): Fact => ({
  at: minute(at),
  kind: "blobWritten",
  host,
  name: nameOf(run),
  body: recordOf(run, changes),
});
export const wroteCard = (at: number, changes: Changes = {}, host = 1): Fact => ({
  at: minute(at),
  kind: "blobWritten",
  host,
  name: CARD,
  body: cardOf(changes),
});
export const wrote = (at: number, name: string, body: string): Fact => ({
  at: minute(at),
  kind: "blobWritten",
  host: 1,
  name,
  body,
});
export const damagedRecord = (at: number, run: string, body: string | null): Fact => ({
  at: minute(at),
  kind: "blobDamaged",
  name: nameOf(run),
  before: "",
  body,
});
export const damagedCard = (at: number, body: string | null): Fact => ({
  at: minute(at),
  kind: "blobDamaged",
  name: CARD,
  before: "",
  body,
});
export const fault = (at: number, kind: FaultKind, what = ""): Fact => ({
  at: minute(at),
  kind: "fault",
  number: 1,
  fault: kind,
  what,
});
export const told = (at: number, event: string, fields: Changes = {}, host = 1): Fact => ({
  at: minute(at),
  kind: "logged",
  host,
  event: { event, level: "information", hsm: HSM, ...fields },
});
export const sent = (at: number, id: string, seq: number, run = RUN, visibleIn = 1): Fact => ({
  at: minute(at),
  kind: "messageSent",
  host: 1,
  id,
  hsm: HSM,
  run,
  seq,
  visibleAt: minute(at + visibleIn),
});
export const delivered = (at: number, id: string, host = 1): Fact => ({
  at: minute(at),
  kind: "messageDelivered",
  host,
  id,
  dequeueCount: 1,
});
export const gone = (at: number, id: string): Fact => ({ at: minute(at), kind: "messageGone", id, how: "done" });
export const timer = (at: number, host = 1): Fact => ({ at: minute(at), kind: "timerFired", host });
export const died = (at: number, host = 1): Fact => ({ at: minute(at), kind: "hostDied", host, during: "a call" });
export const accepted = (at: number, jobId: string, by: number | "tool" = 1): Fact => ({
  at: minute(at),
  kind: "jobAccepted",
  hsm: HSM,
  jobId,
  by,
  container: null,
});
export const has202 = (at: number, jobId: string): Fact => ({
  at: minute(at),
  kind: "startAnswered",
  host: 1,
  hsm: HSM,
  jobId,
});
export const jobEnded = (at: number, truth: JobTruth, changes: { readonly container?: string } = {}): Fact => ({
  at: minute(at),
  kind: "jobEnded",
  hsm: HSM,
  jobId: "job1",
  truth,
  container: "mhsm-backup-contoso-2026-11-23",
  folder: "folder1",
  blobCount: 2,
  bytes: 300,
  ...changes,
});
export const posted = (at: number, post: number, key: string | null = null, host = 1): Fact => ({
  at: minute(at),
  kind: "postSent",
  post,
  host,
  hsm: HSM,
  key,
});
export const answered = (
  at: number,
  post: number,
  status: number,
  run: string | null,
  key: string | null = null,
): Fact => ({
  at: minute(at),
  kind: "postAnswered",
  post,
  hsm: HSM,
  key,
  status,
  run,
});

/**
 * What a check finds in these facts and at their end. `changes`: to a view of one HSM among faults that stop after three
 * hours, which ends with the last fact.
 */
export function judge(make: MakeCheck, facts: readonly Fact[], changes: Partial<View> = {}): readonly string[] {
  const check = make();
  const ledger = new Map<string, string>();
  const view = (now: number): View => ({
    now,
    hsms: [HSM],
    ledger,
    messages: [],
    deadline: DEADLINE,
    slotsBetween: (from, to) => {
      const slots: number[] = [];
      for (let slot = Math.ceil(from / SLOT_EVERY) * SLOT_EVERY; slot < to; slot += SLOT_EVERY) slots.push(slot);
      return slots;
    },
    faultsStopAt: minute(180),
    largestSkew: 0,
    secrets: [],
    ...changes,
  });
  const found = facts.flatMap((fact) => {
    if (fact.kind === "blobWritten") ledger.set(fact.name, fact.body);
    return check.see?.(fact, { ...view(fact.at), now: fact.at }) ?? [];
  });
  return [...found, ...(check.atEnd?.(view(facts.at(-1)?.at ?? SLOT)) ?? [])];
}

type Case = readonly [sentence: string, facts: readonly Fact[], view?: Partial<View>];
type Finding = readonly [sentence: string, facts: readonly Fact[], says: RegExp, view?: Partial<View>];

/** One test for each row of facts that a check must find something in, and for each that it must not. */
export function tests(make: MakeCheck, finds: readonly Finding[], lets: readonly Case[]): void {
  for (const [sentence, facts, says, view] of finds) {
    it(`finds ${sentence}`, () => {
      expect(judge(make, facts, view)).toEqual([expect.stringMatching(says)]);
    });
  }
  for (const [sentence, facts, view] of lets) {
    it(`lets pass ${sentence}`, () => {
      expect(judge(make, facts, view)).toEqual([]);
    });
  }
}
