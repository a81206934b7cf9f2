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
const idOf = (instant: string, attempt: string): string =>
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

export const ROLE_REMEDY =
  "Grant the app's identity the HSM's local role; it takes minutes to take effect: az keyvault role assignment create --hsm-name fabrikam --role \"Managed HSM Backup\" --scope / --assignee-object-id 6f9c2b1a-8c58-4f0d-9a3e-1f2d3c4b5ac2 --assignee-principal-type ServicePrincipal";

export const overdue = (hsm = "fabrikam"): HsmView =>
  hsmView(hsm, {
    newestSuccess: "2026-11-28T02:03:20.000Z",
    newestSuccessRun: idOf("2026-11-28T02:00:00.000Z", "1"),
    overdueAt: "2026-11-29T09:00:00.000Z",
    isOverdue: true,
    failuresInARow: 3,
    nextStartAt: "2026-11-30T10:15:00.000Z",
    newestFailure: {
      run: idOf("2026-11-30T02:00:00.000Z", "3"),
      state: "Failed",
      endedAt: "2026-11-30T06:15:00.000Z",
      error: {
        code: "Forbidden",
        message:
          "could not start a full backup (fabrikam, HTTP 403, Forbidden): the caller lacks the permission backup/start.",
        inner: [],
        remedy: ROLE_REMEDY,
      },
    },
  });

export const running = (hsm = "contoso"): HsmView =>
  hsmView(hsm, {
    running: idOf("2026-11-30T09:37:10.000Z", "m"),
    runningState: "InProgress",
    nextStartAt: null,
    active: {
      id: idOf("2026-11-30T09:37:10.000Z", "m"),
      state: "InProgress",
      trigger: "manual",
      slot: null,
      startedAt: "2026-11-30T09:37:10.000Z",
      deadlineAt: "2026-11-30T15:37:10.000Z",
      looks: 6,
      doubt: null,
    },
  });

export const allCovered = (): Scene => {
  const hsms = [hsmView("contoso"), hsmView("fabrikam"), hsmView("tailspin-eu", { firstSeenAt: at(55 * 24) })];
  const scene = sceneOf(hsms);
  const coverage = {
    ...scene.coverage,
    contoso: slotsOf(1, { 28: { state: "covered", failures: 2 } }),
    "tailspin-eu": slotsOf(3, NOT_YET(56)),
  };
  return { ...scene, coverage };
};

/** One is overdue, one runs, one is covered. */
export const oneOverdue = (hsms = [overdue(), running(), hsmView("tailspin-eu")]): Scene => {
  const scene = sceneOf(hsms);
  const coverage = {
    fabrikam: slotsOf(1, {
      0: { state: "failed", failures: 3, run: idOf("2026-11-30T02:00:00.000Z", "3") },
      1: { state: "failed", failures: 6, run: idOf("2026-11-29T02:00:00.000Z", "6") },
      49: { state: "covered", failures: 1 },
    }),
    contoso: slotsOf(2, { 28: { state: "missed" }, 77: { state: "covered", failures: 2 } }),
    "tailspin-eu": slotsOf(3, { 19: { state: "covered", failures: 1 }, ...NOT_YET(56) }),
  };
  return { ...scene, coverage };
};

export const firstDay = (): Scene => {
  const hsm = hsmView("contoso", {
    newestSuccess: null,
    newestSuccessRun: null,
    ageSeconds: null,
    overdueAt: null,
    isOverdue: true,
    newestBytes: null,
    newestBlobCount: null,
    usualSeconds: null,
    usualBytes: null,
    firstSeenAt: at(0.1),
    running: idOf("2026-11-30T02:00:00.000Z", "1"),
    runningState: "Starting",
    nextStartAt: null,
    active: {
      id: idOf("2026-11-30T02:00:00.000Z", "1"),
      state: "Starting",
      trigger: "schedule",
      slot: "2026-11-30T02:00:00.000Z",
      startedAt: "2026-11-30T09:40:10.000Z",
      deadlineAt: "2026-11-30T15:40:10.000Z",
      looks: 0,
      doubt: "denied",
    },
  });
  const coverage = { contoso: slotsOf(1, { ...NOT_YET(0), 0: { state: "notDue", isRunning: true } }) };
  return { ...sceneOf([hsm]), coverage, runs: [] };
};

export const manyHsms = (): Scene => {
  const names = Array.from({ length: 30 }, (_, index) => `hsm-${String(index + 1).padStart(2, "0")}`);
  return sceneOf(names.map((name, index) => (index === 3 || index === 17 ? overdue(name) : hsmView(name))));
};

export const MARKUP = '<img src=x onerror="document.title=1"><b>bold</b>';
const LONG = `${MARKUP} \u202Egnol\u202C ${"very ".repeat(2_000)}`;

/** Every text is hostile. */
export const hostile = (): Scene => {
  const failure = overdue().newestFailure;
  if (failure === null) throw new Error("The sample has no failure.");
  const hsm = {
    ...overdue(`${MARKUP}\u202Ex`),
    newestFailure: { ...failure, error: { code: LONG, message: LONG, inner: [LONG], remedy: `${LONG}: az ${LONG}` } },
    problem: LONG,
  };
  const scene = sceneOf([hsm]);
  return {
    ...scene,
    hsms: answerOf([hsm], { app: LONG, version: LONG, problems: [{ setting: MARKUP, problem: LONG }] }),
  };
};
