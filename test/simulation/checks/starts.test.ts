import { describe } from "vitest";
import { acceptedStart } from "./accepted-start.ts";
import { claimFirst } from "./claim-first.ts";
import {
  accepted,
  activeOf,
  answered,
  BY_HAND,
  CLAIM,
  damagedCard,
  died,
  FAILED,
  fault,
  has202,
  instant,
  minute,
  OTHER_RUN,
  posted,
  RUN,
  tests,
  told,
  wroteCard,
  wroteRecord,
} from "./fact-samples.ts";
import { keptJob } from "./kept-job.ts";
import { needlessBackup } from "./needless-backup.ts";
import { oneKey } from "./one-key.ts";
import { onePost } from "./one-post.ts";
import { refusalWaits } from "./refusal-waits.ts";
import { refusedStart } from "./refused-start.ts";

const OTHER_CLAIM = { attempts: [{ id: "claim2", at: instant(1), outcome: null }] };
const free = wroteCard(-5);
const taken = wroteCard(10, { active: activeOf(BY_HAND, { at: instant(10) }) });

describe("a start answered 202", () => {
  tests(
    acceptedStart,
    [
      [
        "one that nobody has put on the card",
        [posted(10, 1), answered(10, 1, 202, BY_HAND), taken],
        /m-cccccccc, which nobody has put/,
      ],
      [
        "one that is neither on the card nor in a record",
        [taken, answered(10, 1, 202, BY_HAND), free],
        /m-cccccccc of contoso.*neither/,
      ],
      ["one without a run", [answered(10, 1, 202, null)], /POST 1 for contoso.*without a run/],
    ],
    [
      ["one that is on the card", [taken, answered(10, 1, 202, BY_HAND)]],
      ["one that has a record", [taken, wroteRecord(10, BY_HAND), answered(10, 1, 202, BY_HAND), free]],
      ["one whose card was destroyed", [taken, answered(10, 1, 202, BY_HAND), damagedCard(11, null)]],
    ],
  );
});

describe("a start answered 409", () => {
  const [sentFirst, busy] = [posted(9, 1), answered(11, 1, 409, BY_HAND)];
  tests(
    refusedStart,
    [
      ["one that runs", [free, sentFirst, taken, busy], /m-cccccccc of contoso.*its POST was answered 409/],
      ["a run that nobody asked for", [free, taken], /m-cccccccc of contoso was put on the card at 02:10:00.000/],
      [
        "a run whose POST was answered with another one",
        [free, sentFirst, taken, answered(11, 1, 202, OTHER_RUN)],
        /answered 202/,
      ],
    ],
    [
      [
        "one beside the run that was accepted",
        [free, sentFirst, posted(9, 2), taken, busy, answered(11, 2, 202, BY_HAND)],
      ],
      ["a run whose POST nobody answered", [free, sentFirst, taken]],
      ["a run whose POST was answered 503", [free, sentFirst, taken, answered(11, 1, 503, null)]],
      [
        "a run whose card was destroyed before its POST was answered",
        [free, sentFirst, taken, damagedCard(10.5, "{"), busy],
      ],
    ],
  );
});

describe("an Idempotency-Key", () => {
  const again = "20261123T023000Z-m-dddddddd";
  const first = wroteCard(10, { active: activeOf(BY_HAND, { at: instant(10), key: "k" }) });
  const second = (at: number) => wroteCard(at, { active: activeOf(again, { at: instant(at), key: "k" }) });
  tests(
    oneKey,
    [
      [
        "two runs on the card",
        [free, first, free, second(30)],
        /m-cccccccc and 20261123T023000Z-m-dddddddd of contoso.*one key/,
      ],
      [
        "two runs in answers",
        [
          free,
          taken,
          answered(11, 1, 202, BY_HAND, "key"),
          wroteCard(30, { active: activeOf(again, { at: instant(30) }) }),
          answered(31, 2, 202, again, "key"),
        ],
        /key key for contoso was answered with 20261123T021000Z-m-cccccccc and with/,
      ],
      [
        "a refusal with the run that has it",
        [free, taken, answered(11, 1, 202, BY_HAND, "key"), answered(12, 2, 409, BY_HAND, "key")],
        /key key for contoso was refused with 20261123T021000Z-m-cccccccc, which is its own/,
      ],
      [
        "such a refusal that comes before the other answer",
        [free, taken, answered(11, 2, 409, BY_HAND, "key"), answered(12, 1, 202, BY_HAND, "key")],
        /was refused with 20261123T021000Z-m-cccccccc, which is its own/,
      ],
    ],
    [
      ["one that is older than the deadline", [free, first, free, second(75)]],
      [
        "one that was destroyed with its card, and is answered last",
        [
          free,
          taken,
          damagedCard(11, null),
          wroteCard(30, { active: activeOf(again, { at: instant(30) }) }),
          answered(31, 2, 202, again, "key"),
          answered(32, 1, 202, BY_HAND, "key"),
        ],
      ],
      ["one that was destroyed with its card", [free, first, damagedCard(11, null), free, second(30)]],
      ["a refusal with another run", [free, taken, answered(11, 1, 409, BY_HAND, "key")]],
      [
        "a refusal after its card was lost",
        [
          free,
          taken,
          answered(11, 1, 202, BY_HAND, "key"),
          damagedCard(12, null),
          answered(13, 2, 409, BY_HAND, "key"),
        ],
      ],
      [
        "a refusal with a run as old as the deadline",
        [free, taken, answered(11, 1, 202, BY_HAND, "key"), answered(71, 2, 409, BY_HAND, "key")],
      ],
      [
        "one run answered twice",
        [free, first, answered(11, 1, 202, BY_HAND, "key"), answered(12, 2, 202, BY_HAND, "key")],
      ],
    ],
  );
});

describe("a POST to the HSM", () => {
  tests(
    claimFirst,
    [
      [
        "one that is made again at once",
        [
          wroteRecord(0, RUN, CLAIM),
          wroteRecord(2, RUN, { attempts: [{ id: "claim2", at: instant(2), outcome: null }] }),
        ],
        /20261123T020000Z-1-aaaaaaaa of contoso was claimed 1 min after a start/,
      ],
      [
        "one without a claim",
        [wroteRecord(0, RUN), accepted(1, "job1")],
        /job job1 of contoso at 02:01:00.000, and no record had a claim/,
      ],
      [
        "one after its claim had its outcome",
        [wroteRecord(0, RUN, CLAIM), wroteRecord(1, RUN), accepted(2, "job1")],
        /no record had a claim/,
      ],
      [
        "one long after another host ended its run",
        [wroteRecord(0, RUN, CLAIM), wroteRecord(1, RUN, { ...CLAIM, ...FAILED }, 2), accepted(5, "job1")],
        /no record had a claim/,
      ],
      [
        "one whose run its own host has ended",
        [wroteRecord(0, RUN, CLAIM), wroteRecord(1, RUN, { ...CLAIM, ...FAILED }), accepted(2, "job1")],
        /no record had a claim/,
      ],
      [
        "one by a third host, after the end of a claimer's run",
        [wroteRecord(0, RUN, CLAIM), wroteRecord(1, RUN, { ...CLAIM, ...FAILED }, 2), accepted(2, "job1", 3)],
        /no record had a claim/,
      ],
    ],
    [
      ["one with a claim", [wroteRecord(0, RUN, CLAIM), accepted(1, "job1")]],
      [
        "one that is made again after the grace",
        [
          wroteRecord(0, RUN, CLAIM),
          wroteRecord(4, RUN, { attempts: [{ id: "claim2", at: instant(4), outcome: null }] }),
        ],
      ],
      ["another tool's", [accepted(1, "job1", "tool")]],
      [
        "one that is made again while all clocks are set right",
        [
          wroteRecord(0, RUN, CLAIM),
          wroteRecord(2, RUN, { attempts: [{ id: "claim2", at: instant(2), outcome: null }] }),
        ],
        { faultsStopAt: minute(1.9) },
      ],
      [
        "one whose run another host ended meanwhile",
        [wroteRecord(0, RUN, CLAIM), wroteRecord(1, RUN, { ...CLAIM, ...FAILED }, 2), accepted(2, "job1")],
      ],
      ["a late one", [wroteRecord(0, RUN, CLAIM), fault(1, "lateEffect"), wroteRecord(1, RUN), accepted(2, "job1")]],
    ],
  );
});

describe("a claim", () => {
  const answered409 = wroteRecord(3, RUN, {
    attempts: [{ id: "claim1", at: instant(1), outcome: { code: "Conflict", status: 409, at: instant(3) } }],
  });
  tests(
    onePost,
    [
      [
        "one whose POST was sent twice",
        [wroteRecord(1, RUN, CLAIM), accepted(2, "job1"), answered409],
        /20261123T020000Z-1-aaaaaaaa of contoso was answered 409 at 02:03:00.000 by job job1/,
      ],
    ],
    [
      ["one that another tool's job refused", [wroteRecord(1, RUN, CLAIM), accepted(2, "job1", "tool"), answered409]],
      [
        "one that another run's start refused",
        [wroteRecord(1, OTHER_RUN, OTHER_CLAIM), wroteRecord(1, RUN, CLAIM), accepted(2, "job1"), answered409],
      ],
      ["one that another host's start refused", [wroteRecord(1, RUN, CLAIM), accepted(2, "job1", 2), answered409]],
      [
        "one that an earlier start refused",
        [fault(1, "lateEffect"), wroteRecord(1, RUN, CLAIM), accepted(2, "job1"), answered409],
      ],
    ],
  );
});

describe("a 202 of the HSM", () => {
  const started = { state: "InProgress", jobId: "job1", seq: 1 };
  tests(
    keptJob,
    [
      [
        "one whose job is in no record",
        [has202(1, "job1"), wroteRecord(2, RUN)],
        /job job1 of contoso at 02:01:00.000/,
      ],
      [
        "one whose host died while another one stood still",
        [fault(0.9, "freeze", "host 2: create the container"), has202(1, "job1"), died(11)],
        /host 1 had the 202 for job job1/,
      ],
      ["one whose host died long after", [has202(1, "job1"), died(30)], /host 1 had the 202 for job job1/],
    ],
    [
      ["one whose job is in a record", [has202(1, "job1"), wroteRecord(1, RUN, started)]],
      ["one that was told as an orphan", [has202(1, "job1"), told(2, "job.orphaned", { jobId: "job1" })]],
      ["one whose host died", [has202(1, "job1"), died(1.1)]],
      [
        "one whose host stood still with another call, and died",
        [fault(0.9, "freeze", "host 1: create the container"), has202(1, "job1"), died(11)],
      ],
    ],
  );
});

describe("a second job of one run", () => {
  const claimed = (at: number, id: string) =>
    wroteRecord(at, RUN, { attempts: [{ id, at: instant(at), outcome: null }] });
  const refused = wroteRecord(3, RUN, {
    attempts: [{ id: "a", at: instant(1), outcome: { code: "x", status: 503, at: instant(3) } }],
  });
  const twice = [claimed(1, "a"), accepted(2, "job1"), refused, claimed(5, "b"), accepted(6, "job2")];
  tests(
    needlessBackup,
    [["one for nothing", twice, /20261123T020000Z-1-aaaaaaaa of contoso had job job1, and got job2 at 02:06:00.000/]],
    [
      ["one after an answer that was lost", [fault(1, "answerLost"), ...twice]],
      ["one that may be another run's", [wroteRecord(1, OTHER_RUN, OTHER_CLAIM), ...twice]],
      ["one job", twice.slice(0, 3)],
    ],
  );
});

describe("a start refused for now", () => {
  const ended = (status: number | null, at: number, changes = {}) =>
    wroteRecord(at, RUN, {
      ...FAILED,
      endedAt: instant(at),
      attempts: [{ id: "a", at: instant(at), outcome: { code: "x", status, at: instant(at) } }],
      ...changes,
    });
  const running = wroteRecord(0, RUN);
  tests(
    refusalWaits,
    [
      [
        "409 taken for a failure",
        [running, ended(409, 5)],
        /20261123T020000Z-1-aaaaaaaa of contoso ended as Failed because.*409/,
      ],
      ["no answer taken for a failure", [running, ended(null, 5)], /came to no answer/],
      ["403 not tried for long enough", [running, ended(403, 5)], /after 5 min of being denied/],
      [
        "TimedOut before the deadline",
        [running, ended(409, 5, { state: "TimedOut" })],
        /TimedOut at 02:05:00.000, before its deadline/,
      ],
    ],
    [
      ["400 taken for a failure", [running, ended(400, 5)]],
      ["403 tried for 15 minutes", [running, ended(403, 16)]],
      ["TimedOut at the deadline", [running, ended(409, 60, { state: "TimedOut" })]],
      ["an HSM that left the settings", [running, ended(409, 60, { error: { code: "notConfigured" } })]],
    ],
  );
});
