import { describe, expect, test } from "vitest";
import type { MakeCheck } from "../check.ts";
import type { Fact } from "../facts.ts";
import { ALL_CHECKS } from "./all.ts";
import { noNeedlessThrow, properAnswers } from "./answers.ts";
import { checkedAlways, checkedTruth, healthTruth } from "./checked.ts";
import { decisions } from "./decisions.ts";
import { dueSteps } from "./due-steps.ts";
import { foreignApp } from "./foreign-app.ts";
import { fixedRecords, keptBytes, newerStates, repairedOnly } from "./kept-bytes.ts";
import { legalWrites } from "./legal-writes.ts";
import { boundedMessages } from "./messages.ts";
import { neighbours } from "./neighbours.ts";
import { noSecret } from "./no-secret.ts";
import { claimFirst } from "./posts.ts";
import { runEnds } from "./run-ends.ts";
import * as sample from "./sample-facts.ts";
import { BACKUP, BY_HAND, HSM, instant, minute, OTHER_RUN, parts, RUN, RUNS, WHOLE, wrote } from "./sample-facts.ts";
import { coverageTruth, hsmsTruth } from "./shown.ts";
import { dueSlot, oneJob, satisfiedSlot } from "./slots.ts";
import { acceptedStart, oneKey, refusedStart } from "./starts.ts";
import { provenSuccess } from "./success.ts";

/** What each check finds: the check, the history, and words of what it says. */
type Row = readonly [MakeCheck, readonly Fact[], RegExp];
const { STARTING, CLAIM, IN_PROGRESS, SUCCEEDED } = RUNS;
const MANUAL = { ...STARTING, id: BY_HAND, slot: null, trigger: "manual", key: "k" };
const handed = (changes = {}): Fact => wrote(1, { ...MANUAL, ...changes });
const FREE = wrote(9, null, { runs: [sample.summaryOf({ state: "Failed" })] });
const started = parts("begins", "reserves", "claims", "posts");
const answerThen = (answer: Parameters<typeof sample.answered>[1], changes: object): readonly Fact[] => [
  ...started,
  sample.answered(1, answer),
  wrote(1, { ...IN_PROGRESS, seq: 3, looks: 1, nextAt: instant(3), ...changes }),
];
const RUNNING = { what: "running", jobId: "job1", folderUrl: null, retryAfter: null } as const;

const failed = (code: string): object => ({ state: "Failed", error: { code, message: "", remedy: "" } });
const tickEnded = (host: number): Fact => sample.at(1, { kind: "timerEnded", host, tick: 1 });
const claimed = parts("begins", "reserves", "claims");
const BUSY = sample.answered(0.5, sample.fails("busy", "startFullBackup"));
const LATER = { ...STARTING, id: OTHER_RUN, startedAt: instant(30) };
const ACCEPTED = sample.posted(1, 1, 202, BY_HAND);
const MANY = BACKUP.sends.flatMap((sent) => Array.from({ length: 13 }, (_, id) => ({ ...sent, id: `${id}` })));

const RUNS_AND_STARTS: readonly Row[] = [
  [runEnds, parts("begins", "reserves"), /was never recorded/],
  [runEnds, [...parts("begins", "reserves", "records", "releases")], /was never logged/],
  [runEnds, [...started, ...BACKUP.ends, ...BACKUP.records, ...BACKUP.logs], /isn't released/],
  [legalWrites, [...started, wrote(1, { ...STARTING, id: OTHER_RUN })], /replaces/],
  [legalWrites, [...started, wrote(1, { ...IN_PROGRESS, seq: 4 })], /from seq 2 to 4/],
  [legalWrites, [...started, wrote(1, { ...IN_PROGRESS, seq: 3, deadlineAt: instant(90) })], /deadlineAt .* changed/],
  [legalWrites, [...started, wrote(1, null)], /was InProgress and is gone/],
  [legalWrites, [wrote(0, null, { extra: 1 }), wrote(0, STARTING)], /extra changed/],
  [satisfiedSlot, [wrote(0, null, { newestSuccess: sample.summaryOf() }), wrote(30, LATER)], /has Succeeded/],
  [dueSlot, [FREE, wrote(10, { ...STARTING, startedAt: instant(10) }, { runs: [] })], /was started before/],
  [dueSlot, [FREE, sample.fired(60)], /wasn't started/],
  [oneJob, [...started, ...BACKUP.posts], /1 runs had 2 jobs/],
  [acceptedStart, ACCEPTED, /never reserved/],
  [acceptedStart, [wrote(0, null), handed(), ...ACCEPTED, wrote(2, null)], /neither active nor recorded/],
  [refusedStart, [wrote(0, null), handed()], /every POST has another answer/],
  [refusedStart, [wrote(0, null), ...sample.posted(1, 1, 409, RUN), handed()], /another answer/],
  [oneKey, [wrote(0, null), handed(), handed({ id: RUN, startedAt: instant(20) })], /with one key/],
  [provenSuccess, [...started, wrote(9, SUCCEEDED)], /has not ended/],
  [provenSuccess, [...started, sample.ENDED, wrote(9, SUCCEEDED)], /never listed/],
  [provenSuccess, [...started, sample.ENDED, wrote(9, { ...SUCCEEDED, container: "another" })], /wrote to/],
];

const STEPS: readonly Row[] = [
  [decisions, answerThen(RUNNING, failed("x")), /from InProgress to Failed/],
  [decisions, answerThen(RUNNING, { state: "TimedOut" }), /to TimedOut/],
  [decisions, answerThen(RUNNING, { nextAt: instant(0.1) }), /tries again before 10 s/],
  [decisions, answerThen({ ...RUNNING, retryAfter: 600_000 }, {}), /as the HSM asks/],
  [decisions, answerThen(RUNNING, { nextAt: instant(61) }), /after its deadline/],
  [decisions, answerThen(sample.fails("notFound"), failed("jobLost")), /Failed, jobLost/],
  [decisions, [...claimed, BUSY, wrote(1, { ...CLAIM, seq: 2, state: "Failed" })], /from Starting to Failed/],
  [decisions, answerThen({ ...RUNNING, what: "Canceled" }, failed("x")), /to Failed/],
  [dueSteps, [...started, wrote(0.3, { ...IN_PROGRESS, seq: 3 }, {}, 2)], /was due at 02:01/],
  [dueSteps, [sample.logged(3, "backup.resumed", { nextAt: instant(1) })], /was resumed/],
  [claimFirst, [...parts("begins", "reserves"), ...BACKUP.posts], /without a claim/],
  [boundedMessages, BACKUP.sends, /before the state was written/],
  [boundedMessages, [...started, ...MANY], /has 13 messages/],
  [noSecret, [sample.wroteBlob(0, "x", "sig=a-secret-signature")], /a secret/],
  [noNeedlessThrow, [sample.threw("could not send")], /threw/],
  [properAnswers, [sample.request(0, "health", 500, {})], /answered 500/],
  [properAnswers, [sample.request(0, "getBackup", 404, "no")], /without an error/],
];

const WELL = { hsm: HSM, isConfigured: true, newestSuccessRun: RUN, isOverdue: false, problem: null };
const hsmsAt = (minutes: number, ...hsms: readonly object[]): Fact => sample.request(minutes, "hsms", 200, { hsms });
const slotAt = (minutes: number, state: string, run: string): Fact =>
  sample.request(150, "coverage", 200, { hsm: HSM, slots: [{ slot: instant(minutes), state, run }] });

const OTHER = [...parts("begins"), sample.hostStarted(2, { app: "other" })];
const LEDGER: readonly Row[] = [
  [keptBytes, [...parts("begins"), sample.damaged(1, "{"), wrote(2, null)], /bytes are kept nowhere/],
  [keptBytes, [sample.wroteBlob(0, "hsms/read-me.txt", "")], /was written/],
  [repairedOnly, [sample.logged(0, "ledger.repaired", { blob: `hsms/${HSM}.json` })], /without need/],
  [repairedOnly, [...WHOLE, sample.damaged(20, null), wrote(21, null)], /without all of its records/],
  [newerStates, [...parts("begins"), wrote(0, null, { schemaVersion: 2 }, 2), wrote(1, null)], /the newer state/],
  [fixedRecords, [...WHOLE, ...BACKUP.records], /written again/],
  [foreignApp, [...OTHER, wrote(1, STARTING, {}, 2)], /of other: blobWritten/],
  [foreignApp, [...OTHER, sample.fired(1, 1, 2), tickEnded(2)], /doesn't say/],
  [foreignApp, [...OTHER, sample.request(1, "health", 200, {}, null, null, 2)], /answered health 200/],
  [neighbours, [...parts("begins"), sample.fault(1, "fabrikam: down"), sample.fired(60)], /only fabrikam had trouble/],
  [checkedAlways, [...parts("begins"), sample.fired(0, 1), tickEnded(1)], /no backup.checked/],
  [checkedTruth, [...parts("begins"), sample.logged(1, "backup.checked", { isOverdue: false })], /overdue/],
  [checkedTruth, [...parts("begins"), sample.logged(1, "backup.checked", { newestSuccessRun: RUN })], /a success/],
  [healthTruth, [...WHOLE, sample.request(400, "health", 200, { hsms: [{ hsm: HSM }] })], /is overdue since/],
  [healthTruth, [...WHOLE, sample.request(20, "health", 200, {})], /without contoso/],
  [hsmsTruth, [...WHOLE, hsmsAt(20, { ...WELL, newestSuccessRun: OTHER_RUN })], /with the success/],
  [hsmsTruth, [...WHOLE, hsmsAt(400, WELL)], /isn't shown as overdue/],
  [hsmsTruth, [...WHOLE, hsmsAt(20, WELL, { ...WELL, isOverdue: true })], /in trouble is shown after/],
  [coverageTruth, [...WHOLE, slotAt(0, "covered", OTHER_RUN)], /is shown as covered by/],
  [coverageTruth, [...WHOLE, slotAt(120, "covered", RUN)], /is shown as covered by/],
  [coverageTruth, [...WHOLE, slotAt(0, "missed", RUN)], /and has the run/],
];

const named = (rows: readonly Row[]) => rows.map(([make, facts, words]) => [make().name, words, make, facts] as const);

describe.each([
  ["of runs and starts", RUNS_AND_STARTS],
  ["of steps", STEPS],
  ["of the ledger and what is reported", LEDGER],
])("the checks %s", (_group, rows) => {
  test.each(named(rows))("%s: finds %s", (_name, words, make, facts) => {
    const world = make === neighbours ? { hsms: [HSM, "fabrikam"], faultsStopAt: minute(900) } : {};
    expect(sample.judge(make, facts, world).join("\n")).toMatch(words);
  });
});

describe("every check", () => {
  test.each(ALL_CHECKS.map((make) => [make().name, make] as const))(
    "%s: finds nothing in a backup that went well",
    (_name, make) => {
      expect(sample.judge(make, WHOLE)).toEqual([]);
    },
  );

  test("has a name of its own, and a history here that violates it", () => {
    const names = ALL_CHECKS.map((make) => make().name);
    expect(new Set(names).size).toBe(names.length);
    const shown = [...RUNS_AND_STARTS, ...STEPS, ...LEDGER].map(([make]) => make);
    expect(ALL_CHECKS.filter((make) => !shown.includes(make)).map((make) => make().name)).toEqual([]);
  });
});
