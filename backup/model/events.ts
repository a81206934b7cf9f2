import { CallFailed, type CallFailure, failureOf, sentenceOf } from "./call-failed.ts";
import { millis, SECOND } from "./instant.ts";
import type { ActiveRun, EndedRecord, InProgressRun, Run } from "./run.ts";
import { redact } from "./secret.ts";
import type { SettingProblem } from "./settings.ts";
import { type HsmState, usualOf } from "./state.ts";

/**
 * One log line: an event named `noun.past-verb`, its level, and its fields. The alert rules query these names and
 * fields.
 */
export type LogEvent = {
  readonly event: string;
  readonly level: "information" | "warning" | "error";
  readonly [field: string]: unknown;
};

/** What an event is about, as far as known. */
export type About = { readonly hsm?: string; readonly run?: string; readonly seq?: number };

/** Every event of a run carries these, so one query by run shows its whole life. */
const idsOf = ({ hsm, id, slot, trigger, state }: Run | EndedRecord) => ({ hsm, run: id, slot, trigger, state });

/** The HSM accepted the start. */
export const started = (run: InProgressRun): LogEvent => ({
  event: "backup.started",
  level: "information",
  ...idsOf(run),
  jobId: run.jobId,
  container: run.container,
  attempts: run.attempts.length,
  nextAt: run.nextAt,
});

/** A start that was not accepted, with its remedy. If the run continues, the next attempt is at `nextAt`. */
export const refused = (run: Run, failure: CallFailure): LogEvent => ({
  event: "backup.refused",
  level: "warning",
  ...idsOf(run),
  reason: failure.reason,
  code: failure.code,
  status: failure.status,
  message: sentenceOf(failure),
  remedy: failure.remedy,
  nextAt: run.nextAt,
});

/** A look at the job that did not end the run. */
export const followed = (run: ActiveRun, failure: CallFailure | null): LogEvent => ({
  event: "backup.followed",
  level: failure === null ? "information" : "warning",
  ...idsOf(run),
  jobId: run.state === "InProgress" ? run.jobId : null,
  doubt: run.doubt?.code ?? null,
  looks: run.looks,
  nextAt: run.nextAt,
  ...(failure && { message: sentenceOf(failure), remedy: failure.remedy }),
});

const END_EVENTS = {
  Succeeded: "backup.succeeded",
  Failed: "backup.failed",
  Canceled: "backup.canceled",
  TimedOut: "backup.timedOut",
} as const satisfies Record<EndedRecord["state"], string>;

/** The end of a run, with the usual duration and size for its HSM. */
export const ended = (record: EndedRecord, state: HsmState): LogEvent => ({
  event: END_EVENTS[record.state],
  level: record.state === "Succeeded" ? "information" : "error",
  ...idsOf(record),
  jobId: record.jobId,
  container: record.container,
  folderUrl: record.folderUrl,
  startedAt: record.startedAt,
  endedAt: record.endedAt,
  seconds: (millis(record.endedAt) - millis(record.startedAt)) / SECOND,
  blobCount: record.blobCount,
  bytes: record.bytes,
  ...usualOf(state),
  ...(record.error && { code: record.error.code, message: record.error.message, remedy: record.error.remedy }),
});

/** The timer takes the step of an unattended run. */
export const resumed = (run: Run): LogEvent => ({
  event: "backup.resumed",
  level: "warning",
  ...idsOf(run),
  seq: run.seq,
  nextAt: run.nextAt,
  message: "No process took the next step of this run in time; the timer takes it.",
});

/** The status of an HSM at every tick. The alarms on overdue and silent HSMs read this event. */
export const checked = (
  standing: { readonly hsm: string; readonly isOverdue: boolean; readonly problem: string | null },
  version: string,
): LogEvent => ({
  event: "backup.checked",
  level: standing.isOverdue || standing.problem !== null ? "warning" : "information",
  version,
  ...standing,
});

/** The host moved a message to the poison queue after five failed deliveries. */
export const poisoned = (about: About, problem: string | null): LogEvent => ({
  event: "message.poisoned",
  level: "error",
  ...about,
  problem,
  message: "A message failed five times and was dropped. The timer takes the next step of its run.",
});

/** A message that no run needs: an old one (information), or one that the app did not write (warning). */
export const dropped = (level: "information" | "warning", why: string, about: About = {}): LogEvent => ({
  event: "message.dropped",
  level,
  ...about,
  why,
});

/** A state was rebuilt from the records. `keptAs`: the blob that keeps the damaged bytes. */
export const repaired = (blob: string, problem: string, keptAs: string | null): LogEvent => ({
  event: "ledger.repaired",
  level: "error",
  blob,
  problem,
  keptAs,
});

/** Another app owns the ledger, so this one does nothing. */
export const foreignLedger = (app: string, owner: string | null, remedy: string): LogEvent => ({
  event: "ledger.foreign",
  level: "error",
  app,
  owner,
  remedy,
});

/** A setting that cannot be used. Everything else works. */
export const settingRejected = ({ setting, problem }: SettingProblem): LogEvent => ({
  event: "settings.rejected",
  level: "error",
  setting,
  problem,
});

/** The heartbeat could not be sent. The next tick sends another. */
export const heartbeatFailed = (thrown: unknown): LogEvent => {
  const { code, status, remedy, ...failure } = failureOf(thrown, "send the heartbeat", "BACKUP_PING_URL");
  const message = sentenceOf({ code, status, remedy, ...failure });
  return { event: "heartbeat.failed", level: "warning", code, status, message, remedy };
};

/** A step failed: what was tried, why it failed and, for a bug, the redacted stack and causes. */
export const stepFailed = (step: string, about: About, thrown: unknown): LogEvent => {
  const failure = failureOf(thrown, step, about.hsm ?? "ledger");
  return {
    event: "step.failed",
    level: "error",
    step,
    ...about,
    reason: failure.reason,
    code: failure.code,
    message: sentenceOf(failure),
    remedy: failure.remedy,
    causes: causesOf(thrown),
    ...(!(thrown instanceof CallFailed) && { stack: stackOf(thrown) }),
  };
};

const DEEPEST_CAUSE = 5;

function causesOf(thrown: unknown): readonly string[] {
  const causes: string[] = [];
  let next = thrown instanceof Error ? thrown.cause : undefined;
  for (; next !== undefined && causes.length < DEEPEST_CAUSE; next = next instanceof Error ? next.cause : undefined)
    causes.push(stackOf(next));
  return causes;
}

/** A `StrippedCause` of an adapter is no Error: its fields are shown. */
const stackOf = (thrown: unknown): string =>
  redact(thrown instanceof Error ? (thrown.stack ?? thrown.message) : (JSON.stringify(thrown) ?? String(thrown)));
