import type { MakeCheck, View } from "../check.ts";
import type { Answer, Fact, FactBody, HostSettings } from "../facts.ts";
import { makeHistory } from "../history.ts";
import { HOUR, MINUTE, SECOND } from "./spans.ts";

// A backup of one HSM as a history of facts, from its slot on; slots come every two hours, a deadline is an hour.
export const SLOT = Date.parse("2026-11-23T02:00:00Z");
export const HSM = "contoso";
export const RUN = "20261123T020000Z-1-aaaaaaaa";
export const OTHER_RUN = "20261123T020000Z-2-bbbbbbbb";
export const BY_HAND = "20261123T021000Z-m-cccccccc";
const STORAGE = "https://backups.blob.core.windows.net";
const CONTAINER = "mhsm-backup-contoso-2026-11-23";
const FOLDER = "mhsm-contoso-2026112302000099";
export const RECORD = `runs/contoso/8204586399998-${RUN}.json`;

export const minute = (minutes: number): number => SLOT + minutes * MINUTE;
export const instant = (minutes: number): string => new Date(minute(minutes)).toISOString();

type Fields = Readonly<Record<string, unknown>>;
const STARTING: Fields = {
  id: RUN,
  hsm: HSM,
  hsmUrl: "https://contoso.managedhsm.azure.net",
  slot: instant(0),
  trigger: "schedule",
  key: null,
  state: "Starting",
  seq: 0,
  nextAt: instant(0),
  deadlineAt: instant(60),
  storageUrl: STORAGE,
  container: CONTAINER,
  attempts: [],
  startedAt: instant(0),
  looks: 0,
  doubt: null,
};
const CLAIM = { ...STARTING, seq: 1, attempts: [{ at: instant(0), outcome: null }] };
const POSTED = [{ at: instant(0), outcome: { code: "accepted", status: 202, at: instant(0) } }];
const IN_PROGRESS = {
  ...STARTING,
  state: "InProgress",
  seq: 2,
  attempts: POSTED,
  jobId: "job1",
  folderUrl: null,
  nextAt: instant(1),
};
const PROVEN = { jobId: "job1", folderUrl: `${STORAGE}/${CONTAINER}/${FOLDER}`, blobCount: 2, bytes: 300 };
const SUCCEEDED = {
  ...IN_PROGRESS,
  ...PROVEN,
  seq: 3,
  looks: 1,
  state: "Succeeded",
  endedAt: instant(9),
  nextAt: instant(9),
};
export const RUNS = { STARTING, CLAIM, IN_PROGRESS, SUCCEEDED };
export const summaryOf = (changes: Fields = {}): Fields => ({
  ...{ id: RUN, slot: instant(0), trigger: "schedule", key: null, state: "Succeeded", blobCount: 2, bytes: 300 },
  ...{ startedAt: instant(0), endedAt: instant(9), ...changes },
});

export const stateText = (active: Fields | null, changes: Fields = {}): string =>
  JSON.stringify({
    ...{ schemaVersion: 1, hsm: HSM, firstSeenAt: instant(0), active, newestSuccess: null },
    ...{ successSeconds: [], runs: [], ...changes },
  });

/** Facts at a minute after the slot. */
export const at = (minutes: number, fact: FactBody): Fact => ({ at: minute(minutes), ...fact });
export const wrote = (minutes: number, active: Fields | null, changes: Fields = {}, host = 1): Fact =>
  at(minutes, { kind: "blobWritten", host, name: `hsms/${HSM}.json`, body: stateText(active, changes) });
export const wroteBlob = (minutes: number, name: string, body: string, host = 1): Fact =>
  at(minutes, { kind: "blobWritten", host, name, body });
export const damaged = (minutes: number, body: string | null): Fact =>
  at(minutes, {
    kind: "blobDamaged",
    name: `hsms/${HSM}.json`,
    before: "",
    body,
    damage: body === null ? "deleted" : "garbage",
  });
export const answered = (minutes: number, answer: Answer): Fact =>
  at(minutes, { kind: "answered", host: 1, hsm: HSM, answer });
export const logged = (minutes: number, event: string, fields: Fields = {}, host = 1): Fact =>
  at(minutes, { kind: "logged", host, event: { event, level: "information", hsm: HSM, run: RUN, ...fields } });
export const threw = (message: string): Fact =>
  at(0, { kind: "handlerThrew", host: 1, handler: "followBackup", message });
export const posted = (
  minutes: number,
  number: number,
  status: number,
  run: string,
  key: string | null = null,
): readonly Fact[] => [
  at(minutes, { kind: "postSent", post: number, host: 1, hsm: HSM, key }),
  request(minutes, "manualBackup", status, { error: {} }, run, { number, hsm: HSM, key }),
];
export const request = (
  minutes: number,
  route: string,
  status: number,
  body: unknown,
  run: string | null = null,
  post: Extract<Fact, { kind: "requestAnswered" }>["post"] = null,
  host = 1,
): Fact => at(minutes, { kind: "requestAnswered", post, host, route, status, run, body });

const settings: HostSettings = {
  ...{ app: "backups", version: "current", hsms: [HSM], rejected: [] },
  ...{ slotGap: 2 * HOUR, storageUrl: STORAGE },
};
export const hostStarted = (host: number, changes: Partial<HostSettings> = {}): Fact =>
  at(-1, { kind: "hostStarted", host, skew: 0, settings: { ...settings, ...changes } });
export const fault = (minutes: number, what: string): Fact =>
  at(minutes, { kind: "fault", number: 1, fault: "hsmUnreachable", what });
export const fired = (minutes: number, tick = minutes, host = 1): Fact =>
  at(minutes, { kind: "timerFired", host, tick });
export const fails = (reason: string, of: "startFullBackup" | "getBackupStatus" = "getBackupStatus"): Answer => ({
  ...{ what: "failure", of, reason, status: null },
});

const accepted: Answer = { what: "accepted", jobId: "job1", retryAfter: null };
export const ENDED: Fact = at(8, {
  ...{ kind: "jobEnded", hsm: HSM, jobId: "job1", truth: "Succeeded", containerUrl: `${STORAGE}/${CONTAINER}` },
  ...{ folder: FOLDER, blobCount: 2, bytes: 300 },
});
export const RECORD_TEXT = JSON.stringify({ schemaVersion: 1, ...SUCCEEDED, error: null });

/** The parts of one successful backup, in order. */
export const BACKUP = {
  begins: [hostStarted(1), wrote(0, null)],
  reserves: [wrote(0, STARTING)],
  claims: [answered(0, { what: "prepared" }), wrote(0, CLAIM)],
  posts: [
    at(0, { kind: "startSent", host: 1, hsm: HSM, containerUrl: `${STORAGE}/${CONTAINER}` }),
    at(0, { kind: "jobAccepted", hsm: HSM, jobId: "job1", by: 1, containerUrl: `${STORAGE}/${CONTAINER}` }),
    answered(0.1, accepted),
    wrote(0.2, IN_PROGRESS),
  ],
  sends: [
    at(0, {
      ...{ kind: "messageSent", host: 1, id: "m1", hsm: HSM, run: RUN, seq: 2 },
      ...{ visibleAt: minute(1), expiresAt: minute(6) },
    }),
  ],
  ends: [
    ENDED,
    answered(9, { what: "Succeeded", jobId: "job1", folderUrl: PROVEN.folderUrl, retryAfter: null }),
    answered(9, { what: "counted", blobCount: 2, bytes: 300 }),
    wrote(9, SUCCEEDED),
  ],
  records: [wroteBlob(9, RECORD, RECORD_TEXT)],
  logs: [logged(9, "backup.succeeded", { state: "Succeeded" })],
  releases: [
    at(9, {
      ...{ kind: "manifestWritten", host: 1, containerUrl: `${STORAGE}/${CONTAINER}` },
      ...{ name: `${RUN}.backup.json`, body: RECORD_TEXT },
    }),
    wrote(9, null, { runs: [summaryOf()], newestSuccess: summaryOf(), successSeconds: [540] }),
  ],
} satisfies Readonly<Record<string, readonly Fact[]>>;

/** The history of these parts. */
export const parts = (...names: readonly (keyof typeof BACKUP)[]): readonly Fact[] =>
  names.flatMap((name) => BACKUP[name]);
export const WHOLE = Object.values(BACKUP).flat();

/** What a check finds in a history that ends ten hours after the slot. */
export function judge(make: MakeCheck, facts: readonly Fact[], changes: Partial<View> = {}): readonly string[] {
  let now = 0;
  const world = {
    ...{ now, hsms: [HSM], app: "backups", texts: new Map(), deadline: HOUR, slotGap: 2 * HOUR, maxAge: null },
    ...{ faultsStopAt: minute(0), largestSkew: 0, secrets: ["a-secret-signature"], ...changes },
  };
  const history = makeHistory({ now: () => now, makeChecks: [make], keepFacts: false, messagesOf: () => 0, world });
  for (const { at: time, ...fact } of facts) {
    now = time;
    history.emit(fact);
  }
  now = SLOT + 10 * HOUR + SECOND;
  world.now = now;
  history.end();
  return history.seen().violations.map(({ what }) => what);
}
