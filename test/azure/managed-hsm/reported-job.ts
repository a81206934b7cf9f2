import { parseJobReport } from "../../../azure/managed-hsm/full-backup-operation.ts";
import { cleanerOf } from "../../../azure/service-words.ts";

export const JOB_ID = "45aacd568ab049a2803861e8dd3ae21f";
const CONTAINER = "https://backups.blob.core.windows.net/mhsm-backup-contoso-2026-11-23";
export const FOLDER = `${CONTAINER}/mhsm-contoso-2026112302000512`;

/** The report of a status whose body is this text. */
export const parseText = (body: string, retryAfter: number | null = null) =>
  parseJobReport(
    { status: 200, body, contentType: "application/json", retryAfter, asyncOperation: undefined },
    JOB_ID,
    cleanerOf([]),
  );

/** The report of an operation as the service reports it, with one part changed. */
export const parse = (change: object) =>
  parseText(
    JSON.stringify({
      status: "Succeeded",
      statusDetails: "Full backup is complete",
      error: null,
      startTime: 1490790000,
      endTime: 1490790123,
      jobId: JOB_ID,
      azureStorageBlobContainerUri: FOLDER,
      ...change,
    }),
  );
