import { describe, expect, test } from "vitest";
import { newCard } from "../../backup/card.ts";
import type { Run, StartingRun, UnsuccessfulRun } from "../../backup/run.ts";
import { compare } from "./compare.ts";
import type { Facts, Finding } from "./facts.ts";
import { at, attempt, cardAfter, failed, goodFacts, HSM, jobOfRun, SLOT, succeeded, told } from "./known-world.ts";

type Row = readonly [sentence: string, kind: Finding["kind"], part: string, change: (facts: Facts) => Partial<Facts>];

const [FIRST, SECOND] = [failed("first", 0), succeeded("second", 10)];
const UNKNOWN = attempt("unknown-start", 11, null);
const EXTRA = jobOfRun("extra", 10, { startedAt: at(11.2) });

/** The good world with another second run, and the card that goes with it. */
const withSecond = (second: typeof SECOND | UnsuccessfulRun): Partial<Facts> => ({
  records: [FIRST, second],
  cards: [cardAfter(FIRST, second)],
});
const withCard =
  (change: object) =>
  (facts: Facts): Partial<Facts> => ({
    cards: facts.cards.map((card) => ({ ...card, ...change })),
  });
const withStart = (...answers: Facts["starts"][number]["answers"]): Partial<Facts> => ({
  starts: [{ hsm: HSM, answers }],
});
const withMore = (run: typeof SECOND | UnsuccessfulRun): Partial<Facts> => ({
  records: [FIRST, SECOND, run],
  cards: [cardAfter(FIRST, SECOND, run)],
  events: [told(FIRST), told(SECOND), told(run)],
});
function unended(): Run {
  const { endedAt: _e, error: _r, jobId: _j, folderUrl: _f, ...rest } = FIRST;
  const run: StartingRun = { ...rest, state: "Starting", nextAt: at(3), doubt: null };
  return run;
}

const ROWS: readonly Row[] = [
  ["a run that hasn't ended", "lost", "has not ended", () => ({ records: [unended(), SECOND] })],
  ["a run still on its card", "lost", "still on its card", withCard({ active: { id: SECOND.id } })],
  [
    "a start answered 202 without a record",
    "lost",
    "answered 202 and has no record",
    () => withStart({ status: 202, run: "gone" }),
  ],
  ["a 409 for a run without a record", "lost", "stood in the way", () => withStart({ status: 409, run: "gone" })],
  ["a job that nobody knows", "lost", "no run knows of it", ({ jobs }) => ({ jobs: [...jobs, EXTRA] })],
  [
    "a job begun before the only unknown start",
    "lost",
    "no run knows of it",
    ({ jobs }) => ({
      ...withSecond({ ...SECOND, attempts: [...SECOND.attempts, UNKNOWN] }),
      jobs: [...jobs, { ...EXTRA, startedAt: at(10.5) }],
    }),
  ],
  [
    "two jobs for one unknown start",
    "lost",
    "no run knows of it",
    ({ jobs }) => ({
      ...withSecond({ ...SECOND, attempts: [...SECOND.attempts, UNKNOWN] }),
      jobs: [...jobs, EXTRA, { ...EXTRA, id: "job-extra-2" }],
    }),
  ],
  ["an end that was never told", "lost", "no log line told so", () => ({ events: [told(FIRST)] })],

  [
    "a second job from an unknown start",
    "doubled",
    "unknown-start",
    ({ jobs }) => ({
      ...withSecond({ ...SECOND, attempts: [...SECOND.attempts, UNKNOWN] }),
      jobs: [...jobs, EXTRA],
    }),
  ],
  [
    "a second job from a start that got no answer in time",
    "doubled",
    "timeout",
    ({ jobs }) => ({
      ...withSecond({ ...SECOND, attempts: [attempt("slow-start", 11, ["timeout", null]), ...SECOND.attempts] }),
      jobs: [...jobs, EXTRA],
    }),
  ],
  [
    "a second job that only the log knows",
    "wrong",
    "no start of the run is unknown",
    ({ jobs, events }) => ({
      jobs: [...jobs, EXTRA],
      events: [...events, { event: "job.orphaned", run: SECOND.id, jobId: EXTRA.id }],
    }),
  ],

  [
    "a success that its HSM doesn't call one",
    "wrong",
    "the HSM says",
    ({ jobs }) => ({
      jobs: jobs.map((job) => ({ ...job, status: "Failed" })),
    }),
  ],
  ["a success of a job that never was", "wrong", "never had", ({ jobs }) => ({ jobs: jobs.slice(0, 1) })],
  ["a success whose blobs are gone", "wrong", "there are 0 blobs", () => ({ folders: new Map() })],
  [
    "a success with another number of bytes",
    "wrong",
    "300 bytes, but there are",
    () => ({
      folders: new Map([[SECOND.folderUrl, { blobCount: 3, bytes: 299 }]]),
    }),
  ],
  [
    "a success in another job's folder",
    "wrong",
    "names the folder",
    ({ jobs }) => ({
      jobs: jobs.map((job) => ({ ...job, folderUrl: "https://elsewhere" })),
    }),
  ],
  [
    "a success that counted otherwise than its job",
    "wrong",
    "its job wrote 4 blobs",
    ({ jobs }) => ({
      jobs: jobs.map((job) => ({ ...job, blobCount: 4 })),
    }),
  ],
  [
    "a failure though its job succeeded",
    "wrong",
    "its job succeeded",
    ({ jobs }) => ({
      jobs: jobs.map((job) => ({ ...job, status: "Succeeded" })),
    }),
  ],
  [
    "a lost job that nobody lost",
    "wrong",
    "jobLost",
    ({ jobs }) => ({
      ...withSecond(failed("second", 10, { error: { code: "jobLost", message: "", inner: [], remedy: "" } })),
      copies: [],
      jobs,
    }),
  ],
  ["two runs at once", "wrong", "was under way", () => withMore(failed("third", 12, { slot: null, jobId: null }))],
  [
    "a satisfied slot started again",
    "wrong",
    "had satisfied its slot",
    () => withMore(failed("third", 20, { jobId: null })),
  ],
  [
    "a copy that tells another end",
    "wrong",
    "the copy",
    ({ copies }) => ({ copies: copies.map((copy) => ({ ...copy, state: "Failed" })) }),
  ],
  [
    "a copy of an unknown run",
    "wrong",
    "has no record",
    ({ copies }) => ({ copies: copies.map((copy) => ({ ...copy, run: "gone" })) }),
  ],
  ["an HSM without a card", "wrong", "has no card", () => ({ cards: [] })],
  ["a card that doesn't know an end", "wrong", "does not know of the end", () => ({ cards: [cardAfter(SECOND)] })],
  ["a card that knows too much", "wrong", "that no record has", ({ records }) => ({ records: records.slice(1) })],
  [
    "a card that tells a run otherwise",
    "wrong",
    "otherwise than its record",
    () => ({ cards: [cardAfter(FIRST, { ...SECOND, bytes: 1 })] }),
  ],
  ["a card with an older newest success", "wrong", "for its newest success", withCard({ newestSuccess: null })],
  ["a card that miscounts failures", "wrong", "failures in a row", withCard({ failuresInARow: 1 })],
  [
    "a run counted twice",
    "wrong",
    "counts run",
    ({ cards }) => ({ cards: cards.map((card) => ({ ...card, runs: [...card.runs, ...card.runs] })) }),
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
    "nobody was told of",
    () => ({
      ...withMore(failed("third", 20, { slot: null, trigger: "manual", jobId: null })),
      ...withStart({ status: 409, run: SECOND.id }),
    }),
  ],
  ["an unforeseen answer", "wrong", "answered 500", () => withStart({ status: 500, run: null })],
  ["a blob that can't be read", "wrong", "can't be read", () => ({ unreadable: ["hsms/contoso.json"] })],

  ["a message left", "leaked", "a message was left", () => ({ messages: ["follow-backup: {}"] })],
  ["something put aside as damaged", "leaked", "put aside", () => ({ damaged: ["damaged/x"] })],
];

describe("the comparison", () => {
  test("finds nothing where all is well", () => {
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
      ({ jobs }) => ({
        ...withSecond(failed("second", 10, { error: { code: "jobLost", message: "", inner: [], remedy: "" } })),
        copies: [],
        jobs,
        scripted: new Map([[HSM, new Set(["loseJob"])]]),
      }),
    ],
    [
      "a job that succeeded after its run had ended",
      ({ jobs }) => ({
        jobs: jobs.map((job) => (job.id === FIRST.jobId ? { ...job, status: "Succeeded", endedAt: at(60) } : job)),
      }),
    ],
    [
      "a run by hand whose start was never answered",
      () => ({
        ...withMore(failed("third", 20, { slot: null, trigger: "manual", jobId: null })),
        ...withStart({ status: null, run: null }),
      }),
    ],
    [
      "an unknown start of a run that ended without a job",
      ({ jobs }) => ({
        ...withSecond({ ...SECOND, attempts: SECOND.attempts }),
        records: [failed("first", 0, { jobId: null, attempts: [attempt("unknown", 1, ["unknown", null])] }), SECOND],
        jobs,
      }),
    ],
    ["an HSM that was only seen", () => ({ hsms: [HSM, "new"], cards: [...goodFacts().cards, newCard("new", SLOT)] })],
  ])("%s is nothing to find", (_, change) => {
    const facts = goodFacts();
    expect(compare({ ...facts, ...change(facts) })).toEqual([]);
  });
});
