import { type CallFailure, failureOf, sentenceOf } from "./call-failed.ts";
import type { Card, EndedSummary } from "./card.ts";
import type { Freshness } from "./freshness.ts";
import { type Instant, millis, SECOND } from "./instant.ts";
import type { EndedRun, Run, RunningRun, UnendedRun } from "./run.ts";
import type { SettingProblem } from "./settings.ts";

/**
 * One line of the log: an event named `noun.past-verb`, how grave it is, and what is known of it. The alert rules query
 * these names and fields.
 */
export type LogEvent = {
  readonly event: string;
  readonly level: "information" | "warning" | "error";
  readonly [field: string]: unknown;
};

const idsOf = (run: Run) => ({ hsm: run.hsm, run: run.id, slot: run.slot, trigger: run.trigger });

/** The HSM has accepted the start. */
export const started = (run: RunningRun): LogEvent => ({
  event: "backup.started",
  level: "information",
  ...idsOf(run),
  state: run.state,
  jobId: run.jobId,
  container: run.container,
  attempts: run.attempts.length,
});

/** A start that wasn't accepted, with what to do about it; tried again at `nextAt`, where the run goes on. */
export const refused = (run: Run, failure: CallFailure): LogEvent => ({
  event: "backup.refused",
  level: "warning",
  ...idsOf(run),
  state: run.state,
  reason: failure.reason,
  code: failure.code,
  status: failure.status,
  message: sentenceOf(failure),
  remedy: failure.remedy,
  nextAt: "nextAt" in run ? run.nextAt : null,
});

/** A look at the job that didn't end the run. */
export const followed = (run: UnendedRun, failure: CallFailure | null): LogEvent => ({
  event: "backup.followed",
  level: failure === null ? "information" : "warning",
  ...idsOf(run),
  state: run.state,
  jobId: run.state === "InProgress" ? run.jobId : null,
  doubt: run.doubt?.code ?? null,
  followUps: run.followUps,
  nextAt: run.nextAt,
  ...(failure && { message: sentenceOf(failure), remedy: failure.remedy }),
});

const END_EVENTS = {
  Succeeded: "backup.succeeded",
  Failed: "backup.failed",
  Canceled: "backup.canceled",
  TimedOut: "backup.timedOut",
} as const satisfies Record<EndedRun["state"], string>;

/** The end of a run, beside what is usual for its HSM: the medians of the successes that the card remembers. */
export const ended = (run: EndedRun, card: Card): LogEvent => ({
  event: END_EVENTS[run.state],
  level: run.state === "Succeeded" ? "information" : "error",
  ...idsOf(run),
  state: run.state,
  jobId: run.jobId,
  container: run.container,
  folderUrl: run.folderUrl,
  startedAt: run.startedAt,
  endedAt: run.endedAt,
  seconds: (millis(run.endedAt) - millis(run.startedAt)) / SECOND,
  blobCount: run.state === "Succeeded" ? run.blobCount : null,
  bytes: run.state === "Succeeded" ? run.bytes : null,
  ...usualOf(card),
  ...(run.state !== "Succeeded" && { code: run.error.code, message: run.error.message, remedy: run.error.remedy }),
});

/** The end of a run whose record can't be read (any more), as far as the listing or the card tells it. */
export const endListed = (hsm: string, run: EndedSummary): LogEvent => ({
  event: END_EVENTS[run.state],
  level: run.state === "Succeeded" ? "information" : "error",
  hsm,
  run: run.id,
  slot: run.slot,
  trigger: run.trigger,
  state: run.state,
  startedAt: run.startedAt,
  endedAt: run.endedAt,
  seconds: (millis(run.endedAt) - millis(run.startedAt)) / SECOND,
  blobCount: run.blobCount,
  bytes: run.bytes,
  message: "Told without its record, which this version of the app can't read.",
});

function usualOf({ runs }: Card) {
  const successes = runs.filter(({ state }) => state === "Succeeded");
  const seconds = successes.map(({ startedAt, endedAt }) => (millis(endedAt) - millis(startedAt)) / SECOND);
  const sizes = successes.flatMap(({ bytes }) => (bytes === null ? [] : [bytes]));
  return { usualSeconds: median(seconds), usualBytes: median(sizes) };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** A slot whose window is over without a verified success. */
export const missed = (hsm: string, slot: Instant): LogEvent => ({
  event: "backup.missed",
  level: "error",
  hsm,
  slot,
  message: `No verified backup of ${hsm} was started in the window of its slot ${slot}.`,
});

/** A run that nobody followed was woken. */
export const woken = (hsm: string, run: string, seq: number, why: string): LogEvent => ({
  event: "backup.woken",
  level: "warning",
  hsm,
  run,
  seq,
  why,
});

/** What every look at an HSM's card finds; the alarms on age and on silence read this one. */
export const checked = (hsm: string, freshness: Freshness, problem: string | null): LogEvent => ({
  event: "backup.checked",
  level: freshness.isOverdue || problem !== null ? "warning" : "information",
  hsm,
  ...freshness,
  problem,
});

/** A wake-up that failed five times went to the poison queue and was dropped from there. */
export const poisoned = (hsm: string | null, run: string | null, problem: string | null): LogEvent => ({
  event: "backup.poisoned",
  level: "error",
  hsm,
  run,
  problem,
  message: "A wake-up failed too often and was dropped; reconcile wakes its run within 20 minutes.",
});

/** A queue message that no run waits for. */
export const dropped = (
  why: string,
  ids: { readonly hsm?: string; readonly run?: string; readonly seq?: number } = {},
): LogEvent => ({
  event: "message.dropped",
  level: "warning",
  ...ids,
  why,
});

/** A card or record that couldn't be read, or was gone, was made good; where its bytes went. */
export const repaired = (blob: string, problem: string, keptAs: string | null): LogEvent => ({
  event: "ledger.repaired",
  level: "error",
  blob,
  problem,
  keptAs,
});

/** A record of a newer version of this app was left alone. */
export const leftAlone = (hsm: string, run: string, version: number): LogEvent => ({
  event: "record.leftAlone",
  level: "warning",
  hsm,
  run,
  version,
});

/** A second job that was accepted for a run which had one, or had ended: nobody follows it. */
export const orphaned = (run: Run, jobId: string): LogEvent => ({
  event: "job.orphaned",
  level: "warning",
  ...idsOf(run),
  jobId,
});

/** Something failed that holds nothing up: what was tried, and why it failed. */
export const stepFailed = (
  step: string,
  ids: { readonly hsm?: string; readonly run?: string },
  thrown: unknown,
): LogEvent => {
  const failure = failureOf(thrown, step, ids.hsm ?? "ledger");
  return {
    event: "step.failed",
    level: "error",
    step,
    ...ids,
    reason: failure.reason,
    code: failure.code,
    message: sentenceOf(failure),
    remedy: failure.remedy,
  };
};

/** A setting that was left out, while everything else works. */
export const settingRejected = ({ setting, problem }: SettingProblem): LogEvent => ({
  event: "settings.rejected",
  level: "error",
  setting,
  problem,
});
