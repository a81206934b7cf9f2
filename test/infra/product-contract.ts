/**
 * What infra/ and docs/runbooks/ rely on of the product: its log events with their fields, and its settings with their
 * defaults. https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces: one event is one row's Message.
 */

const OF_A_RUN = ["hsm", "run", "slot", "trigger"] as const;
const AN_END = [
  ...OF_A_RUN,
  "state",
  "jobId",
  "container",
  "folderUrl",
  "startedAt",
  "endedAt",
  "seconds",
  "blobCount",
  "bytes",
  "usualSeconds",
  "usualBytes",
] as const;
const A_FAILURE = [...AN_END, "code", "message", "remedy"] as const;

/** The fields of each event, beside `event` itself. */
export const EVENTS = {
  "backup.started": [...OF_A_RUN, "state", "jobId", "container"],
  "backup.followed": [...OF_A_RUN, "state", "jobId", "looks", "nextAt", "message", "remedy"],
  "backup.refused": [...OF_A_RUN, "state", "reason", "code", "status", "message", "remedy", "nextAt"],
  "backup.succeeded": AN_END,
  "backup.failed": A_FAILURE,
  "backup.canceled": A_FAILURE,
  "backup.timedOut": A_FAILURE,
  "backup.resumed": OF_A_RUN,
  "backup.checked": [
    "hsm",
    "version",
    "newestSuccess",
    "newestSuccessRun",
    "ageSeconds",
    "overdueAt",
    "isOverdue",
    "running",
    "runningState",
    "failuresInARow",
    "problem",
  ],
  "message.poisoned": ["hsm", "run", "problem", "message"],
  "message.dropped": ["hsm", "run", "why"],
  "ledger.repaired": ["blob", "problem", "keptAs"],
  "ledger.foreign": ["owner", "app", "remedy"],
  "step.failed": ["step", "hsm", "run", "code", "message", "remedy"],
  "settings.rejected": ["setting", "problem"],
  "heartbeat.failed": ["code", "status", "message", "remedy"],
} as const;

export type EventName = keyof typeof EVENTS;
export type FieldOf<Event extends EventName> = (typeof EVENTS)[Event][number];

export const EVENT_NAMES: readonly string[] = Object.keys(EVENTS);
export const FIELD_NAMES: ReadonlySet<string> = new Set(["event", ...Object.values(EVENTS).flat()]);

/** Every setting of the product with its default; empty where it is required or off. */
export const SETTINGS: Readonly<Record<string, string>> = {
  BACKUP_HSM_URLS: "",
  BACKUP_STORAGE_URL: "",
  BACKUP_SCHEDULE: "0 0 2 * * *",
  BACKUP_CONTAINER_PREFIX: "mhsm-backup",
  BACKUP_LEDGER: "backup-runs",
  BACKUP_AUTHENTICATION: "sas",
  BACKUP_SAS_LIFETIME: "PT25H",
  BACKUP_HSM_API_VERSION: "7.4",
  BACKUP_DEADLINE: "PT6H",
  BACKUP_MAX_AGE: "",
  BACKUP_PING_URL: "",
};

/** Names that the ledger gives its queues: this after its own name. */
export const QUEUE_SUFFIXES = ["-follow-ups", "-follow-ups-poison"] as const;
