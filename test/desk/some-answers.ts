import type { RunRecord } from "../../backup/model/run.ts";
import type { CoverageSlot } from "../../backup/model/views/coverage-view.ts";
import type { HsmsAnswer, HsmView } from "../../backup/model/views/hsm-view.ts";

export const RUN = "20261123T020000Z-1-k3v9x2ab";

/** The record of a run that succeeded, with these fields in place of its own. */
export const aRecord = (fields: Partial<RunRecord> = {}): RunRecord => ({
  schemaVersion: 1,
  id: RUN,
  hsm: "contoso",
  slot: "2026-11-23T02:00:00.000Z",
  trigger: "schedule",
  state: "Succeeded",
  deadlineAt: "2026-11-23T08:00:12.000Z",
  storageUrl: "https://backupsofcontoso.blob.core.windows.net",
  container: "mhsm-backup-contoso-2026-11-23",
  folderUrl:
    "https://backupsofcontoso.blob.core.windows.net/mhsm-backup-contoso-2026-11-23/mhsm-contoso-2026112302000312",
  jobId: "0123456789abcdef0123456789abcdef",
  attempts: [
    {
      at: "2026-11-23T02:00:13.000Z",
      outcome: { code: "accepted", status: 202, at: "2026-11-23T02:00:14.000Z" },
    },
  ],
  startedAt: "2026-11-23T02:00:12.000Z",
  endedAt: "2026-11-23T02:06:43.000Z",
  looks: 9,
  blobCount: 7,
  bytes: 31_457_280,
  error: null,
  ...fields,
});

export const NOW = "2026-11-23T09:38:00.000Z";

/** An HSM whose newest backup is young enough. */
export const anHsm = (fields: Partial<HsmView> = {}): HsmView => ({
  hsm: "contoso",
  newestSuccess: "2026-11-23T02:00:12.000Z",
  newestSuccessRun: RUN,
  ageSeconds: 27_468,
  overdueAt: "2026-11-24T09:00:00.000Z",
  isOverdue: false,
  running: null,
  runningState: null,
  failuresInARow: 0,
  problem: null,
  isConfigured: true,
  firstSeenAt: "2026-11-01T00:00:00.000Z",
  hsmUrl: "https://contoso.managedhsm.azure.net",
  newestBytes: 31_457_280,
  newestBlobCount: 7,
  active: null,
  usualSeconds: 391,
  usualBytes: 31_457_280,
  newestFailure: null,
  nextStartAt: "2026-11-24T02:00:00.000Z",
  ...fields,
});

export const someHsms = (...hsms: readonly HsmView[]): HsmsAnswer => ({
  app: "backups",
  version: "1.2.3",
  now: NOW,
  isHealthy: true,
  schedule: "0 0 2 * * *",
  authentication: "managedIdentity",
  hsms,
  problems: [],
});

export const aSlot = (fields: Partial<CoverageSlot> = {}): CoverageSlot => ({
  slot: "2026-11-23T02:00:00.000Z",
  state: "covered",
  run: RUN,
  failures: 0,
  isRunning: false,
  seconds: 391,
  bytes: 31_457_280,
  ...fields,
});
