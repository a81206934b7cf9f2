import { describe, expect, test } from "vitest";
import type { EndedRecord } from "../../backup/model/run.ts";
import { newState } from "../../backup/model/state.ts";
import { compare } from "./compare.ts";
import type { Facts, Finding } from "./facts.ts";
import { at, attempt, failed, goodFacts, HSM, jobOfRun, SLOT, stateAfter, succeeded } from "./known-world.ts";

type Row = readonly [sentence: string, kind: Finding["kind"], part: string, change: (facts: Facts) => Partial<Facts>];

const [FIRST, SECOND] = [failed("first", 0), succeeded("second", 10)];
const BY_HAND = failed("third", 20, { slot: null, trigger: "manual", jobId: null });
const LOST_JOB = failed("second", 10, { error: { code: "jobLost", message: "", inner: [], remedy: "" } });
const EXTRA = jobOfRun("extra", 10, { startedAt: at(11.2) });
const NO_OUTCOME = attempt(11, null);
const TIMEOUT = attempt(11, ["timeout", null]);

/** The good world with these records, and the state and log lines that belong to them. */
const withRecords = (...records: readonly EndedRecord[]): Partial<Facts> => ({
  records,
  states: [stateAfter(...records)],
  loggedEnds: new Set(records.map(({ id }) => id)),
  manifests: [],
});
const withState =
  (change: object) =>
  (facts: Facts): Partial<Facts> => ({ states: facts.states.map((state) => ({ ...state, ...change })) });
const withStart = (...answers: Facts["starts"][number]["answers"]): Partial<Facts> => ({
  starts: [{ hsm: HSM, answers }],
});
/** The second run with an attempt more, and a job that no record names. */
const withExtraJob =
  (...extra: Facts["jobs"]) =>
  ({ jobs }: Facts): Partial<Facts> => ({
    ...withRecords(FIRST, { ...SECOND, attempts: [NO_OUTCOME, ...SECOND.attempts] }),
    jobs: [...jobs, ...extra],
  });
const withJob =
  (change: Partial<Facts["jobs"][number]>) =>
  ({ jobs }: Facts): Partial<Facts> => ({ jobs: jobs.map((job) => ({ ...job, ...change })) });

const ROWS: readonly Row[] = [
  ["a run that is still active", "lost", "still active", withState({ active: { id: SECOND.id } })],
  ["a 202 without a record", "lost", "answered 202", () => withStart({ status: 202, run: "gone" })],
  ["a 409 for a run without a record", "lost", "reason of a 409", () => withStart({ status: 409, run: "gone" })],
  ["a job of no run", "lost", "no run knows of it", ({ jobs }) => ({ jobs: [...jobs, EXTRA] })],
  ["a job from before the unknown start", "lost", "no run knows", withExtraJob({ ...EXTRA, startedAt: at(10.5) })],
  ["two jobs for one unknown start", "lost", "no run knows", withExtraJob(EXTRA, { ...EXTRA, id: "job-extra-2" })],
  ["an end that was never logged", "lost", "no log line", () => ({ loggedEnds: new Set([FIRST.id]) })],

  ["a second job from a start without an outcome", "doubled", "no outcome", withExtraJob(EXTRA)],
  [
    "a second job from a start without an answer in time",
    "doubled",
    "timeout",
    ({ jobs }) => ({
      ...withRecords(FIRST, { ...SECOND, attempts: [TIMEOUT, ...SECOND.attempts] }),
      jobs: [...jobs, EXTRA],
    }),
  ],

  ["a success that its HSM doesn't call one", "wrong", "the HSM says", withJob({ status: "Failed" })],
  ["a success of a job that never was", "wrong", "never had", ({ jobs }) => ({ jobs: jobs.slice(0, 1) })],
  ["a success whose blobs are gone", "wrong", "there are 0 blobs", () => ({ folders: new Map() })],
  ["a success in another job's folder", "wrong", "names the folder", withJob({ folderUrl: "https://elsewhere" })],
  ["a success with another count than its job", "wrong", "its job wrote 4 blobs", withJob({ blobCount: 4 })],
  ["a failure though its job succeeded", "wrong", "its job succeeded", withJob({ status: "Succeeded" })],
  ["a lost job that was not scripted", "wrong", "jobLost", () => withRecords(FIRST, LOST_JOB)],
  [
    "a job in two records",
    "wrong",
    "and in another",
    () => withRecords(FIRST, SECOND, succeeded("third", 20, { jobId: SECOND.jobId })),
  ],
  ["two runs at once", "wrong", "was under way", () => withRecords(FIRST, SECOND, { ...BY_HAND, startedAt: at(12) })],
  [
    "a satisfied slot started again",
    "wrong",
    "had satisfied its slot",
    () => withRecords(FIRST, SECOND, failed("third", 20, { jobId: null })),
  ],
  [
    "a manifest with another end",
    "wrong",
    "the manifest",
    ({ manifests }) => ({ manifests: manifests.map((each) => ({ ...each, state: "Failed" })) }),
  ],
  [
    "a manifest of an unknown run",
    "wrong",
    "has no record",
    ({ manifests }) => ({ manifests: manifests.map((each) => ({ ...each, run: "gone" })) }),
  ],
  ["an HSM without a state", "wrong", "has no state", () => ({ states: [] })],
  ["a state that lacks an end", "wrong", "lacks the end", () => ({ states: [stateAfter(SECOND)] })],
  ["a state with an end too many", "wrong", "which has no record", ({ records }) => ({ records: records.slice(1) })],
  [
    "a state with another end than the record",
    "wrong",
    "than its record",
    () => ({ states: [stateAfter(FIRST, { ...SECOND, bytes: 1 })] }),
  ],
  ["a state with an older newest success", "wrong", "as its newest success", withState({ newestSuccess: null })],
  [
    "a run that a state has twice",
    "wrong",
    "a run twice",
    ({ states }) => ({ states: states.map((state) => ({ ...state, runs: [...state.runs, ...state.runs] })) }),
  ],
  [
    "one key with two runs",
    "wrong",
    "one Idempotency-Key",
    () => withStart({ status: 202, run: FIRST.id }, { status: 202, run: SECOND.id }),
  ],
  [
    "a run by hand that was answered 409",
    "wrong",
    "no answer named",
    () => ({ ...withRecords(FIRST, SECOND, BY_HAND), ...withStart({ status: 409, run: SECOND.id }) }),
  ],
  ["an unforeseen answer", "wrong", "answered 500", () => withStart({ status: 500, run: null })],
  ["a blob that can't be read", "wrong", "can't be read", () => ({ unreadable: ["hsms/contoso.json"] })],

  ["a message left", "leaked", "a message was left", () => ({ messages: ["backup-runs-follow-ups: {}"] })],
  ["something kept as damaged", "leaked", "kept as damaged", () => ({ damaged: ["damaged/x"] })],
];

describe("the comparison", () => {
  test("finds nothing in a good world", () => {
    expect(compare(goodFacts())).toEqual([]);
  });

  test.each(ROWS)("%s is found, as %s", (_, kind, part, change) => {
    const facts = goodFacts();
    const findings = compare({ ...facts, ...change(facts) });
    expect(findings).toContainEqual({ kind, what: expect.stringContaining(part) });
  });

  test.each<[string, (facts: Facts) => Partial<Facts>]>([
    [
      "a job lost by a scripted fault",
      () => ({ ...withRecords(FIRST, LOST_JOB), scripted: new Map([[HSM, new Set(["loseJob"])]]) }),
    ],
    [
      "a job that succeeded after its run had ended",
      ({ jobs }) => ({
        jobs: jobs.map((job) => (job.id === FIRST.jobId ? { ...job, status: "Succeeded", endedAt: at(60) } : job)),
      }),
    ],
    [
      "a run by hand whose start was never answered",
      () => ({ ...withRecords(FIRST, SECOND, BY_HAND), ...withStart({ status: null, run: null }) }),
    ],
    [
      "the only job of a run that ended without one, from an unknown start",
      () => withRecords(failed("first", 0, { jobId: null, attempts: [attempt(1, ["unknown", null])] }), SECOND),
    ],
    ["an HSM without a run", () => ({ hsms: [HSM, "new"], states: [...goodFacts().states, newState("new", SLOT)] })],
  ])("%s is no finding", (_, change) => {
    const facts = goodFacts();
    expect(compare({ ...facts, ...change(facts) })).toEqual([]);
  });
});
