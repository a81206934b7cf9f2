import { describe } from "vitest";
import {
  activeOf,
  damagedCard,
  damagedRecord,
  delivered,
  FAILED,
  fault,
  HSM,
  instant,
  jobEnded,
  minute,
  OTHER_RUN,
  RUN,
  recordOf,
  SUCCEEDED,
  sent,
  tests,
  timer,
  told,
  wrote,
  wroteCard,
  wroteRecord,
} from "./fact-samples.ts";
import { fixedDeadline } from "./fixed-deadline.ts";
import { followed } from "./followed.ts";
import { forwardRecord } from "./forward-record.ts";
import { keptBytes } from "./kept-bytes.ts";
import { oneRun } from "./one-run.ts";
import { provenSuccess } from "./proven-success.ts";
import { runEnds } from "./run-ends.ts";
import { MINUTE } from "./spans.ts";
import { trueEnd } from "./true-end.ts";
import { whateverTheQueue } from "./whatever-the-queue.ts";

describe("a run's end", () => {
  const end = { now: minute(400) };
  const ended = wroteRecord(10, RUN, FAILED);
  const toldEnd = (at: number, endedAt = FAILED.endedAt) =>
    told(at, "backup.failed", { run: RUN, state: "Failed", endedAt });
  tests(
    runEnds,
    [
      [
        "one that never comes",
        [wroteRecord(0, RUN)],
        /20261123T020000Z-1-aaaaaaaa of contoso \(slot 02:00:00.*has not ended/,
        end,
      ],
      ["one of a run that has no record yet", [wroteCard(0, { active: activeOf(RUN) })], /has not ended/, end],
      [
        "one that comes too late",
        [wroteRecord(0, RUN), wroteRecord(240, RUN, FAILED), toldEnd(241)],
        /ended at 06:00:00.000, 15 min late/,
        end,
      ],
      [
        "one that is never told",
        [wroteRecord(0, RUN), ended],
        /the end of 20261123T020000Z-1-aaaaaaaa.*was never told/,
        end,
      ],
      [
        "one that is told late for no reason",
        [ended, toldEnd(60)],
        /at 02:10:00.000 was told at 03:00:00.000 only/,
        end,
      ],
      [
        "one that is told otherwise",
        [ended, told(11, "backup.succeeded", { run: RUN, state: "Succeeded" })],
        /of contoso was told as backup.succeeded, and its record is Failed/,
        end,
      ],
      [
        "one that is told by who had lost the race to write it",
        [ended, toldEnd(11, instant(10.5))],
        /of contoso was told as that of 02:10:30.000, and its record says 02:10:00.000/,
        end,
      ],
      [
        "one that is told too late",
        [ended, fault(20, "crash"), toldEnd(230)],
        /was told at 05:50:00.000, 5 min late/,
        end,
      ],
    ],
    [
      ["one that comes and is told", [wroteRecord(0, RUN), ended, toldEnd(11)], end],
      ["one that isn't due yet", [wroteRecord(0, RUN)], { now: minute(100) }],
      ["one of a run that was destroyed", [wroteRecord(0, RUN), damagedRecord(5, RUN, null)], end],
    ],
  );
});

describe("a run while the queue is ill", () => {
  const late = { faultsStopAt: minute(600) };
  const begun = [wroteCard(0, { active: activeOf(RUN) }), wroteRecord(0, RUN)];
  const stalled = [fault(1, "queueStalled"), ...begun, sent(2, "m1", 1)];
  tests(
    whateverTheQueue,
    [
      [
        "one that nobody looks at",
        [fault(1, "queueDown"), ...begun, timer(30), timer(40)],
        /of contoso, due at 02:03:00.000, deadline 03:00:00.000, should have been looked at by 02:33/,
        late,
      ],
      ["one that nobody ends", [...stalled, timer(100), timer(110)], /should have been looked at by 03:45/, late],
    ],
    [
      ["one that has been looked at", [...begun, wroteRecord(30, RUN, { nextAt: instant(40) }), timer(45)], late],
      ["one that its message may still reach", [...stalled, timer(60)], late],
      ["one that has ended", [...stalled, wroteRecord(90, RUN, FAILED), timer(110)], late],
      ["one whose ledger was away", [...begun, fault(1, "ledgerDown"), timer(60)], late],
    ],
  );
});

describe("unended records of one HSM", () => {
  tests(
    oneRun,
    [
      [
        "two of them",
        [wroteRecord(0, RUN), wroteRecord(20, OTHER_RUN)],
        /2-bbbbbbbb of contoso was begun while 20261123T020000Z-1-aaaaaaaa/,
      ],
    ],
    [
      ["one after the other's end", [wroteRecord(0, RUN), wroteRecord(10, RUN, FAILED), wroteRecord(20, OTHER_RUN)]],
      [
        "one of a card that was lost before its record was made",
        [
          wroteCard(0, { active: activeOf(RUN) }),
          damagedCard(1, null),
          wroteCard(2, { active: activeOf(OTHER_RUN) }),
          wroteRecord(3, OTHER_RUN),
          wroteRecord(4, RUN),
        ],
      ],
      ["two after the card was lost", [wroteRecord(0, RUN), damagedCard(10, null), wroteRecord(20, OTHER_RUN)]],
      [
        "one after the ledger was deleted",
        [wroteRecord(0, RUN), { at: minute(5), kind: "ledgerDeleted" }, wroteRecord(20, OTHER_RUN)],
      ],
    ],
  );
});

describe("a success", () => {
  const success = wroteRecord(10, RUN, SUCCEEDED);
  tests(
    provenSuccess,
    [
      [
        "one of a job that goes on",
        [success],
        /20261123T020000Z-1-aaaaaaaa of contoso \(slot 02:00:00\) Succeeded, but job job1 has not ended/,
      ],
      ["one of a job that failed", [jobEnded(9, "Failed"), success], /came to Failed/],
      ["one with an empty folder", [jobEnded(9, "SucceededEmpty"), success], /came to SucceededEmpty/],
      [
        "one in another container",
        [jobEnded(9, "Succeeded", { container: "elsewhere" }), success],
        /wrote to elsewhere/,
      ],
      [
        "one in another folder",
        [jobEnded(9, "Succeeded"), wroteRecord(10, RUN, { ...SUCCEEDED, folderUrl: "https://x/y" })],
        /wrote to folder1/,
      ],
      [
        "one that wasn't counted",
        [jobEnded(9, "Succeeded"), wroteRecord(10, RUN, { ...SUCCEEDED, bytes: 1 })],
        /2 blobs, 1 bytes were counted/,
      ],
    ],
    [
      ["one that the HSM made", [jobEnded(9, "Succeeded"), success]],
      ["a failure", [wroteRecord(10, RUN, FAILED)]],
    ],
  );
});

describe("an end without success", () => {
  const running = (doubt: unknown = null) => wroteRecord(8, RUN, { state: "InProgress", jobId: "job1", seq: 3, doubt });
  const ended = (code: string, changes = {}) =>
    wroteRecord(10, RUN, { ...FAILED, jobId: "job1", seq: 3, error: { code, message: "x" }, ...changes });
  const doubted = (code: string, looks: number, since = 5) => running({ code, since: instant(since), looks });
  tests(
    trueEnd,
    [
      [
        "one after a look that failed",
        [running(), ended("ECONNRESET")],
        /20261123T020000Z-1-aaaaaaaa of contoso \(slot 02:00:00\) ended as Failed, ECONNRESET, and its job came to no end/,
      ],
      ["a job lost at one look", [running(), ended("jobLost")], /jobLost, after too few looks/],
      [
        "an empty folder at two looks",
        [doubted("nothingWritten", 1), ended("nothingWritten")],
        /nothingWritten, after too few looks/,
      ],
      [
        "a folder of its own taken for a foreign one",
        [running(), jobEnded(9, "Succeeded"), ended("foreignFolder")],
        /foreignFolder, and its job came to Succeeded/,
      ],
      [
        "a cancellation that was none",
        [running(), jobEnded(9, "Failed"), ended("x", { state: "Canceled" })],
        /ended as Canceled, x, and its job came to Failed/,
      ],
      [
        "an HSM that left, before the deadline",
        [running(), ended("notConfigured")],
        /notConfigured, before its deadline 03:00/,
      ],
      [
        "a deadline without a last look",
        [running(), jobEnded(5, "Succeeded"), ended("deadline", { state: "TimedOut" })],
        /deadline, though its job had ended at 02:05/,
      ],
    ],
    [
      ["a job that failed", [running(), jobEnded(9, "Failed"), ended("StorageError")]],
      [
        "an HSM that left, by a clock that was set back since",
        [running(), ended("notConfigured")],
        { largestSkew: 30 * MINUTE },
      ],
      ["a job lost at two looks", [doubted("jobUnknown", 1), ended("jobLost")]],
      ["an empty folder at three looks", [doubted("nothingWritten", 2), ended("nothingWritten")]],
      ["a foreign folder", [running(), jobEnded(9, "SucceededElsewhere"), ended("foreignFolder")]],
      [
        "a deadline whose last look failed",
        [running(), jobEnded(5, "Succeeded"), ended("timeout", { state: "TimedOut" })],
      ],
      [
        "a deadline at which the HSM lied",
        [
          running(),
          fault(4, "changedMind", "job job1: something else"),
          jobEnded(5, "Succeeded"),
          ended("deadline", { state: "TimedOut" }),
        ],
      ],
    ],
  );
});

describe("a record", () => {
  const at = (seq: number, changes = {}) => wroteRecord(seq, RUN, { seq, ...changes });
  const running = { state: "InProgress", jobId: "job1" };
  tests(
    forwardRecord,
    [
      [
        "one that is changed after its end",
        [wroteRecord(10, RUN, FAILED), wroteRecord(11, RUN, SUCCEEDED)],
        /the record of 20261123T020000Z-1-aaaaaaaa of contoso had ended as Failed/,
      ],
      ["one that goes back", [at(3), at(2)], /went back from 3 to 2/],
      ["one that changes its job", [at(1, running), at(2, { ...running, jobId: "job2" })], /had job job1 and has job2/],
      [
        "one that doesn't count its doubt",
        [
          at(1, { doubt: { code: "busy", since: instant(0), looks: 1 } }),
          at(2, { doubt: { code: "busy", since: instant(0), looks: 1 } }),
        ],
        /has not counted its doubt busy/,
      ],
      [
        "one that forgets its claim",
        [at(1, { attempts: [{ id: "a", at: instant(1), outcome: null }] }), at(2)],
        /forgot its attempt a/,
      ],
    ],
    [
      ["one that moves on", [at(1), at(2, running), wroteRecord(10, RUN, { ...SUCCEEDED, seq: 2 })]],
      ["one that was damaged", [at(3), damagedRecord(4, RUN, "{"), wroteRecord(5, RUN, FAILED)]],
      [
        "one of a newer version that is given up",
        [at(3, { schemaVersion: 2 }), wroteRecord(60, RUN, { ...FAILED, error: { code: "recordUnreadable" } })],
      ],
    ],
  );
});

describe("the deadline of a run", () => {
  const taken = wroteCard(0, { active: activeOf(RUN) });
  tests(
    fixedDeadline,
    [
      [
        "one that moves",
        [taken, wroteRecord(1, RUN, { deadlineAt: instant(61) })],
        /the deadline of 20261123T020000Z-1-aaaaaaaa of contoso was 03:00:00.000 and is 03:01/,
      ],
      [
        "one that isn't the settings'",
        [wroteCard(0, { active: activeOf(RUN, { deadlineAt: instant(90) }) })],
        /has its deadline at 03:30:00.000/,
      ],
      [
        "a next look after it",
        [taken, wroteRecord(1, RUN, { nextAt: instant(65) })],
        /looked at next at 03:05:00.000, after its deadline/,
      ],
    ],
    [
      ["one that stays", [taken, wroteRecord(1, RUN), wroteRecord(2, RUN, { seq: 1 })]],
      [
        "one of a run made again from its name",
        [taken, damagedCard(1, null), wroteRecord(2, RUN, { deadlineAt: instant(61) })],
      ],
    ],
  );
});

describe("a run without a message", () => {
  const calm = { faultsStopAt: minute(-60) };
  tests(
    followed,
    [
      [
        "one that nobody follows",
        [wroteRecord(0, RUN), timer(20), timer(30)],
        /20261123T020000Z-1-aaaaaaaa of contoso.*no message since/,
        calm,
      ],
    ],
    [
      ["one that is followed", [wroteRecord(0, RUN), sent(1, "m1", 1), timer(30)], calm],
      ["one that isn't due for long", [wroteRecord(0, RUN, { nextAt: instant(20) }), timer(30)], calm],
      ["one of a newer version, before its deadline", [wroteRecord(0, RUN, { schemaVersion: 2 }), timer(60)], calm],
      ["one among faults", [wroteRecord(0, RUN), timer(30)]],
    ],
  );
});

describe("bytes that can't be read", () => {
  const name = "damaged/20261123T020500000Z-x";
  const card = wroteCard(-5);
  tests(
    keptBytes,
    [
      [
        "a record's that are written over",
        [card, damagedRecord(4, RUN, "{ garbage"), wroteRecord(5, RUN, FAILED)],
        /aaaaaaaa.json couldn't be read.*{ garbage/,
      ],
      [
        "a card's that are written over",
        [card, damagedCard(4, "null"), wroteCard(5)],
        /hsms\/contoso.json couldn't be read/,
      ],
      [
        "a newer record's that are given up",
        [
          card,
          wroteRecord(4, RUN, { schemaVersion: 2 }),
          wroteRecord(60, RUN, { ...FAILED, error: { code: "recordUnreadable" } }),
        ],
        /its bytes are nowhere/,
      ],
      [
        "a card that is never made good",
        [wrote(4, `hsms/${HSM}.json`, "{")],
        /the card of contoso can't be read still/,
      ],
    ],
    [
      [
        "kept ones",
        [card, damagedRecord(4, RUN, "{ garbage"), wrote(5, name, "{ garbage"), wroteRecord(5, RUN, FAILED)],
      ],
      ["ones that can be read", [card, damagedRecord(4, RUN, recordOf(RUN)), wroteRecord(5, RUN, FAILED)]],
      [
        "ones that were destroyed with the ledger",
        [damagedCard(4, "{"), { at: minute(5), kind: "ledgerDeleted" }, card],
      ],
      ["ones that nobody has written over", [card, damagedRecord(4, RUN, "{ garbage"), fault(5, "crash")]],
      ["a message that nobody waits for", [card, sent(1, "m1", 1), delivered(2, "m1")]],
    ],
  );
});
