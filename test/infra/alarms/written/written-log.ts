import { HOUR, MINUTE, SECOND } from "../../durations.ts";
import type { Rows } from "../../kql/workspace.ts";
import type { EventName, FieldOf } from "../../product-contract.ts";
import { auditRow, type Ingested, sharedAuditRow, storageRow, traceRow } from "../workspace-rows.ts";
import { DEADLINE, dailyAtTwo, type Schedule, USUAL_BYTES, USUAL_MINUTES, type WrittenRun } from "./written-run.ts";

/** What a story writes into the workspace: runs, and from them what every tick finds. */
export type WrittenLog = {
  readonly from: string;
  readonly to: string;
  readonly hsms: readonly string[];
  readonly runs: readonly WrittenRun[];
  /** Which schedule the app has at an instant; daily at two by default. */
  readonly scheduleAt?: (at: number) => Schedule;
  /** Whether the app is stopped at an instant. */
  readonly isStopped?: (at: number) => boolean;
  readonly audit?: "AZKVAuditLogs" | "AzureDiagnostics";
  /** Further rows of AppTraces. */
  readonly more?: readonly Ingested[];
};

export const TICK = 5 * MINUTE;
const ACCEPTED = 202;
const VERSION = "1.0.0";
const END_EVENTS = {
  Succeeded: "backup.succeeded",
  Failed: "backup.failed",
  Canceled: "backup.canceled",
  TimedOut: "backup.timedOut",
} as const;

type Where = { readonly host?: string; readonly functionName?: string };

/** An event as one row of AppTraces. */
export const logged = <Event extends EventName>(
  at: number,
  event: Event,
  fields: Partial<Record<FieldOf<Event>, unknown>>,
  { host = "host-a", functionName = "scheduledBackup" }: Where = {},
): Ingested => ({
  ...traceRow(at, functionName, "information", JSON.stringify({ event, ...fields })),
  AppRoleInstance: host,
});

/** Every tick from one instant (included) to another. */
export const ticks = (from: string | number, to: string | number): readonly number[] => {
  const [first, last] = [from, to].map((each) => new Date(each).getTime());
  const count = Math.ceil(((last ?? 0) - (first ?? 0)) / TICK);
  return Array.from({ length: count }, (_, index) => (first ?? 0) + index * TICK);
};

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** What a log with these runs has in each table. */
export function writeLog(log: WrittenLog): Rows {
  const { audit = "AZKVAuditLogs", more = [] } = log;
  const byHsm = Map.groupBy(log.runs, ({ hsm }) => hsm);
  const checks = log.hsms.flatMap((hsm) => checksOf(log, hsm, byHsm.get(hsm) ?? []));
  const accepted = log.runs.filter(({ isAccepted }) => isAccepted);
  const write = audit === "AZKVAuditLogs" ? auditRow : sharedAuditRow;
  return {
    AppTraces: [...checks, ...log.runs.flatMap(eventsOf), ...more],
    [audit]: accepted.map(({ hsm, startedAt }) => write(startedAt, hsm, "BackupCreate", ACCEPTED)),
    StorageBlobLogs: accepted.flatMap(writesOf),
  };
}

/** What each tick says of an HSM. */
function checksOf(log: WrittenLog, hsm: string, runs: readonly WrittenRun[]): readonly Ingested[] {
  const { scheduleAt = () => dailyAtTwo, isStopped = () => false } = log;
  return ticks(log.from, log.to)
    .filter((at) => !isStopped(at))
    .map((at) => {
      const ended = runs.filter(({ endedAt }) => endedAt <= at);
      const newest = ended.findLast(({ state }) => state === "Succeeded");
      const running = runs.find(({ startedAt, endedAt }) => startedAt < at && at < endedAt);
      const overdueAt = newest === undefined ? null : scheduleAt(at)(newest.startedAt) + DEADLINE + HOUR;
      return logged(at, "backup.checked", {
        hsm,
        version: VERSION,
        newestSuccess: iso(newest?.startedAt ?? null),
        newestSuccessRun: newest?.id ?? null,
        ageSeconds: newest === undefined ? null : (at - newest.startedAt) / SECOND,
        overdueAt: iso(overdueAt),
        isOverdue: overdueAt === null || at > overdueAt,
        running: running?.id ?? null,
        runningState: running === undefined ? null : running.isAccepted ? "InProgress" : "Starting",
        failuresInARow: ended.length - 1 - ended.findLastIndex(({ state }) => state === "Succeeded"),
        problem: null,
      });
    });
}

const OTHER_HOST = { host: "host-b", functionName: "followBackup" };

/** What a run logs: its start on one host, the rest on another. */
function eventsOf(each: WrittenRun): readonly Ingested[] {
  const { hsm, id, slot, startedAt, endedAt, state, isAccepted, bytes, code } = each;
  const ids = { hsm, run: id, slot: iso(slot), trigger: slot === null ? "manual" : "schedule" };
  const isGood = state === "Succeeded";
  const jobId = isAccepted ? `job-${id}` : null;
  const times = { startedAt: iso(startedAt), endedAt: iso(endedAt), seconds: (endedAt - startedAt) / SECOND };
  const usual = { usualSeconds: (USUAL_MINUTES * MINUTE) / SECOND, usualBytes: USUAL_BYTES };
  const failure = { code, message: `The backup ended with ${code}.`, remedy: `Look up ${code}.` };
  const refused = { message: "The HSM can't be reached.", remedy: "Check that the HSM exists." };
  const end = { ...ids, state, jobId, ...times, ...usual, blobCount: isGood ? 2 : null, bytes: isGood ? bytes : null };
  return [
    isAccepted
      ? logged(startedAt + SECOND, "backup.started", { ...ids, state: "InProgress", jobId })
      : logged(startedAt + SECOND, "backup.refused", { ...ids, state: "Starting", ...refused }),
    ...(isAccepted
      ? [logged(startedAt + MINUTE, "backup.followed", { ...ids, state: "InProgress", jobId, looks: 1 }, OTHER_HOST)]
      : []),
    logged(endedAt, END_EVENTS[state], { ...end, ...(!isGood && failure) }, OTHER_HOST),
  ];
}

/** What the storage account logs: the app's container and manifest, and between them the HSM's blobs. */
function writesOf({ hsm, id, startedAt, endedAt, state }: WrittenRun): readonly Ingested[] {
  const container = `mhsm-backup-${hsm}-${new Date(startedAt).toISOString().slice(0, 10)}`;
  return [
    storageRow(startedAt, "CreateContainer", container),
    ...(state === "Succeeded" ? [storageRow(endedAt, "PutBlob", `${container}/mhsm-${hsm}-2026/backup.bin`)] : []),
    storageRow(endedAt, "PutBlob", `${container}/${id}.backup.json`),
  ];
}
