import type { Mutation } from "../mutation.ts";

const DUE = "backup/decide/due.ts";
const COVERAGE = "backup/decide/coverage.ts";
const OVERDUE = "backup/decide/overdue.ts";
const AFTER_START = "backup/decide/after-start.ts";
const AFTER_LOOK = "backup/decide/after-look.ts";
const NEXT_LOOK = "backup/decide/next-look.ts";
const FOLDER = "backup/decide/after-look.ts";
const INTERVALS = "backup/model/intervals.ts";

/** Mistakes in the decisions, and in the intervals that they go by. */
export const DECISIONS: readonly Mutation[] = [
  {
    name: "a satisfied slot is due again",
    file: DUE,
    find: "millis(success.startedAt) >= millis(newest)",
    replace: "millis(success.startedAt) > millis(now)",
  },
  {
    name: "a failed slot is tried again at once",
    file: DUE,
    find: "const from = after(triedAt, pause(intervals.retrySlot, tries.length));",
    replace: "const from = after(triedAt, 0);",
  },
  {
    name: "a failed slot is never tried again",
    file: DUE,
    find: "const from = after(triedAt, pause(intervals.retrySlot, tries.length));",
    replace: "const from = after(triedAt, 10 ** 12);",
  },
  {
    name: "the next slot is due already",
    file: DUE,
    find: "const newest = schedule.newestSlot(now);",
    replace: "const newest = schedule.nextSlot(now);",
  },
  {
    name: "a slot is covered by any run",
    file: COVERAGE,
    find: "const success = runs.find(isSuccess);",
    replace: "const success = runs[0];",
  },
  {
    name: "a slot whose run failed is missed",
    file: COVERAGE,
    find: 'failures > 0 ? "failed"',
    replace: 'failures > 99 ? "failed"',
  },
  {
    name: "a success covers the next slot too",
    file: COVERAGE,
    find: "const own = newestFirst.slice(from, to);",
    replace: "const own = newestFirst.slice(from);",
  },
  {
    name: "an HSM without a success isn't overdue",
    file: OVERDUE,
    find: "isOverdue: overdueAt === null || millis(now) > millis(overdueAt),",
    replace: "isOverdue: overdueAt !== null && millis(now) > millis(overdueAt),",
  },
  {
    name: "an HSM is overdue a day later",
    file: OVERDUE,
    find: "after(slot, deadline + grace)",
    replace: "after(slot, deadline + 24 * grace)",
  },
  {
    name: "the greatest age of a backup is overlooked",
    file: OVERDUE,
    find: "...(maxAge === null ? [] : [after(startedAt, maxAge)]),",
    replace: "",
  },
  {
    name: "an HSM about which nothing is known isn't overdue",
    file: OVERDUE,
    find: "isOverdue: true,",
    replace: "isOverdue: false,",
  },
  {
    name: "a busy HSM fails the run",
    file: AFTER_START,
    find: '    case "notFound":',
    replace: '    case "busy":\n    case "notFound":',
  },
  {
    name: "a denied start fails at once",
    file: AFTER_START,
    find: "doubtedFor(doubt, clock) >= clock.intervals.denialGrace",
    replace: "doubtedFor(doubt, clock) >= 0",
  },
  {
    name: "a denied start is tried until the deadline",
    file: AFTER_START,
    find: "doubtedFor(doubt, clock) >= clock.intervals.denialGrace",
    replace: "doubtedFor(doubt, clock) >= Number.POSITIVE_INFINITY",
  },
  {
    name: "a rejected start is tried again",
    file: AFTER_START,
    find: '    case "rejected":\n      return endUnsuccessful',
    replace: "      return endUnsuccessful",
  },
  {
    name: "a start that can't be prepared ends as a rejected one",
    file: AFTER_START,
    find: 'failure.reason === "denied" ? afterDenial(run, failure, clock) : startAgain(run, failure, clock);',
    replace:
      'failure.reason === "denied" ? afterDenial(run, failure, clock) : endUnsuccessful(run, "Failed", errorOf(failure), clock.now);',
  },
  {
    name: "an empty folder is a success",
    file: AFTER_LOOK,
    find: '"value" in seen && seen.value.blobCount > 0 && seen.value.bytes > 0',
    replace: '"value" in seen',
  },
  {
    name: "what is seen once is certain",
    file: AFTER_LOOK,
    find: "if (doubt.times >= looks && doubtedFor(doubt, clock) >= certaintyPause)",
    replace: "if (doubt.times >= 1)",
  },
  {
    name: "an empty folder gets one more look only",
    file: AFTER_LOOK,
    find: "const EMPTY_FOLDER_LOOKS = 3;",
    replace: "const EMPTY_FOLDER_LOOKS = 2;",
  },
  {
    name: "a look that fails fails the run",
    file: AFTER_LOOK,
    find: ": tryAgain(run, failure.reason, failure.retryAfter ?? null, clock);",
    replace: ': endUnsuccessful(run, "Failed", errorOf(failure), clock.now);',
  },
  {
    name: "a job that runs outlives its deadline",
    file: AFTER_LOOK,
    find: "if (!isOver(run, clock)) return planLook(run, retryAfter, clock);",
    replace: "if (run.looks >= 0) return planLook(run, retryAfter, clock);",
  },
  {
    name: "a canceled job counts as failed",
    file: AFTER_LOOK,
    find: "return endUnsuccessful(named, report.status, { ...report.error, remedy }, clock.now);",
    replace: 'return endUnsuccessful(named, "Failed", { ...report.error, remedy }, clock.now);',
  },
  {
    name: "a look that is answered 400 is repeated until the deadline",
    file: AFTER_LOOK,
    find: 'if (failure.reason === "rejected" && failure.status === BAD_REQUEST)',
    replace: 'if (failure.reason === "rejected" && failure.status !== BAD_REQUEST)',
  },
  {
    name: "a lost job is looked for until the deadline",
    file: AFTER_LOOK,
    find: 'if (failure.reason === "notFound") {',
    replace: "if (failure.status === null) {",
  },
  {
    name: "a folder in another container counts as the run's own",
    file: FOLDER,
    find: "path === undefined || !path",
    replace: 'path === undefined || path === "" && !path',
  },
  {
    name: "a container whose name begins alike counts as the run's own",
    file: FOLDER,
    find: "{own.pathname}/",
    replace: "{own.pathname}",
  },
  {
    name: "a folder on another host counts as the run's own",
    file: FOLDER,
    find: "url.origin !== own.origin",
    replace: "own.origin === null",
  },
  {
    name: "the next step is planned past the deadline",
    file: NEXT_LOOK,
    find: "earliest(after(now, Math.min(ms, intervals.longestPause)), run.deadlineAt)",
    replace: "after(now, Math.min(ms, intervals.longestPause))",
  },
  {
    name: "an HSM may ask for any pause",
    file: NEXT_LOOK,
    find: "Math.min(ms, intervals.longestPause)",
    replace: "ms",
  },
  {
    name: "the HSM's Retry-After is overlooked",
    file: NEXT_LOOK,
    find: "Math.max(grown, retryAfter ?? 0)",
    replace: "grown",
  },
  {
    name: "a failed call is tried again without a pause",
    file: NEXT_LOOK,
    find: "Math.max(pause(clock.intervals.backOff, doubt.times), retryAfter ?? 0)",
    replace: "retryAfter ?? 0",
  },
  {
    name: "a doubt outlives the look that refutes it",
    file: NEXT_LOOK,
    find: "return waitFor({ ...run, doubt: null }, Math.max",
    replace: "return waitFor(run, Math.max",
  },
  {
    name: "denials are forgiven for five minutes only",
    file: INTERVALS,
    find: "denialGrace: 15 * MINUTE,",
    replace: "denialGrace: 5 * MINUTE,",
  },
  {
    name: "slots are tried again after five minutes",
    file: INTERVALS,
    find: "retrySlot: [15 * MINUTE,",
    replace: "retrySlot: [5 * MINUTE,",
  },
  {
    name: "a run counts as attended for an hour",
    file: INTERVALS,
    find: "unattendedAfter: 5 * MINUTE,",
    replace: "unattendedAfter: 60 * MINUTE,",
  },
  {
    name: "calls that fail are tried again after ten seconds",
    file: INTERVALS,
    find: "backOff: [1 * MINUTE,",
    replace: "backOff: [10 * SECOND,",
  },
];
