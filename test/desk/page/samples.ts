import type { RunRecord } from "../../../backup/model/run.ts";
import type { CoverageAnswer } from "../../../backup/model/views/coverage-view.ts";
import type { HsmsAnswer, HsmView } from "../../../backup/model/views/hsm-view.ts";
import type { ListedRun } from "../../../backup/model/views/listed-run.ts";
import { error, type Scene } from "./fake-app.ts";

export const NOW = new Date("2026-11-30T09:41:20.000Z");
const DAY = 86_400_000;
const HOUR = 3_600_000;
const DAYS = 90;

export const at = (hours: number): string => new Date(NOW.getTime() - hours * HOUR).toISOString();
/** `20261130T020000Z-1-aaaaaaaa` */
export const idOf = (instant: string, attempt: string): string =>
  `${instant.replace(/[-:]|\.\d+/g, "")}-${attempt}-${"k3v9x2ab"}`;

/** An HSM whose newest backup was started at 02:03 today. */
export const hsmView = (hsm: string, changed: Partial<HsmView> = {}): HsmView => ({
  hsm,
  newestSuccess: "2026-11-30T02:03:20.000Z",
  newestSuccessRun: idOf("2026-11-30T02:00:00.000Z", "1"),
  ageSeconds: 27_480,
  overdueAt: "2026-12-01T09:00:00.000Z",
  isOverdue: false,
  running: null,
  runningState: null,
  failuresInARow: 0,
  problem: null,
  isConfigured: true,
  firstSeenAt: "2026-01-10T10:00:00.000Z",
  hsmUrl: `https://${hsm}.managedhsm.azure.net`,
  newestBytes: 48_200_000,
  newestBlobCount: 14,
  active: null,
  usualSeconds: 672,
  usualBytes: 48_000_000,
  newestFailure: null,
  nextStartAt: "2026-12-01T02:00:00.000Z",
  ...changed,
});

type Slot = CoverageAnswer["slots"][number];
const SLOT = { run: null, failures: 0, isRunning: false, seconds: null, bytes: null };

/** The slots of 90 days, newest first; `special`: what differs, by how many days ago it is. */
export function slotsOf(seed: number, special: Readonly<Record<number, Partial<Slot>>> = {}): readonly Slot[] {
  let seconds = 660 + seed * 7;
  let bytes = 47_500_000 + seed * 90_000;
  let random = seed * 7_919 + 1;
  const next = (): number => {
    random = (random * 16_807) % 2_147_483_647;
    return random / 2_147_483_647 - 0.5;
  };
  return Array.from({ length: DAYS }, (_, ago): Slot => {
    seconds += next() * 30;
    bytes += next() * 500_000;
    const slot = new Date(Date.parse("2026-11-30T02:00:00.000Z") - ago * DAY).toISOString();
    const usual: Slot = {
      ...SLOT,
      slot,
      state: "covered",
      run: idOf(slot, "1"),
      seconds: Math.round(seconds),
      bytes: Math.round(bytes),
    };
    const changed = special[ago];
    if (changed === undefined) return usual;
    return changed.state === "covered" ? { ...usual, ...changed } : { ...SLOT, slot, state: "failed", ...changed };
  });
}

const from = <T>(days: number, to: number, value: T): Record<number, T> =>
  Object.fromEntries(Array.from({ length: to - days }, (_, index) => [days + index, value]));
export const NOT_YET = (days: number) => from(days, DAYS, { state: "notDue" as const });

export const answerOf = (hsms: readonly HsmView[], changed: Partial<HsmsAnswer> = {}): HsmsAnswer => ({
  app: "mhsm-backup-x7",
  version: "1.4.0",
  now: NOW.toISOString(),
  isHealthy: hsms.every(({ isOverdue, problem }) => !isOverdue && problem === null),
  schedule: "0 0 2 * * *",
  authentication: "sas",
  hsms,
  problems: [],
  ...changed,
});

export const sceneOf = (hsms: readonly HsmView[], changed: Partial<Scene> = {}): Scene => ({
  now: NOW,
  hsms: answerOf(hsms),
  coverage: Object.fromEntries(hsms.map(({ hsm }, index) => [hsm, slotsOf(index + 1)])),
  runs: hsms.flatMap(({ hsm }) => listOf(hsm)),
  records: hsms.map(({ hsm }) => recordOf(hsm)),
  instead: null,
  start: () => error(409, "backupRunning", "A backup is running."),
  ...changed,
});

const listOf = (hsm: string): readonly ListedRun[] =>
  slotsOf(1).map(({ slot, run, bytes }) => ({
    id: run ?? "",
    hsm,
    state: "Succeeded",
    trigger: "schedule",
    slot,
    startedAt: new Date(Date.parse(slot) + 200_000).toISOString(),
    endedAt: new Date(Date.parse(slot) + 872_000).toISOString(),
    blobCount: 14,
    bytes,
  }));

export const recordOf = (hsm: string, changed: Partial<RunRecord> = {}): RunRecord => ({
  schemaVersion: 1,
  id: idOf("2026-11-30T02:00:00.000Z", "1"),
  hsm,
  slot: "2026-11-30T02:00:00.000Z",
  trigger: "schedule",
  state: "Succeeded",
  deadlineAt: "2026-11-30T08:03:20.000Z",
  storageUrl: "https://backups.blob.core.windows.net",
  container: `mhsm-backup-${hsm}-2026-11-30`,
  attempts: [
    { at: "2026-11-30T02:03:21.000Z", outcome: { code: "busy", status: 409, at: "2026-11-30T02:03:21.400Z" } },
    { at: "2026-11-30T02:04:21.000Z", outcome: { code: "accepted", status: 202, at: "2026-11-30T02:04:21.900Z" } },
  ],
  startedAt: "2026-11-30T02:03:20.000Z",
  looks: 12,
  folderUrl: `https://backups.blob.core.windows.net/mhsm-backup-${hsm}-2026-11-30/mhsm-${hsm}-2026113002042212`,
  jobId: "4f9b1b8f0c3f4a5b9d5e2f1a7c6d8e90",
  endedAt: "2026-11-30T02:14:33.000Z",
  blobCount: 14,
  bytes: 48_200_000,
  error: null,
  ...changed,
});
