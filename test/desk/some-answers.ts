import type { RunRecord } from "../../backup/model/run.ts";

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
